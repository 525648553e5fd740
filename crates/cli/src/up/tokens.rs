//! Whether the services of a cluster let each other in: where callers are asked for a token, so is each of them.

use std::path::Path;

use service::client::Credential;
use service::{Role, bearer_of};

use crate::args::ServiceName;
use crate::failure::Failure;

/// A role that the services' own token must have.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Need {
    role: Role,
    /// Who needs it.
    who: Vec<ServiceName>,
    /// What for.
    to: &'static str,
}

/// What the services of one cluster need of their own token.
fn needs(wanted: &[ServiceName]) -> Vec<Need> {
    let of = |among: &[ServiceName]| -> Vec<ServiceName> {
        wanted.iter().copied().filter(|service| among.contains(service)).collect()
    };
    let [registry, agents, operator] = ServiceName::GROUPS.map(of);
    let mut needs = Vec::new();
    // A registry or agents elsewhere have tokens of their own, which are not known here.
    let registering = [&agents[..], &operator[..]].concat();
    if !registry.is_empty() && !registering.is_empty() {
        needs.push(Need { role: Role::Agent, who: registering, to: "register" });
    }
    if !agents.is_empty() && !operator.is_empty() {
        needs.push(Need { role: Role::Caller, who: operator.clone(), to: "look at the agents' units" });
        needs.push(Need { role: Role::Delegate, who: operator, to: "call agents in the name of its callers" });
    }
    needs
}

/// Refuses a cluster whose services could not call each other.
pub(crate) fn check(tokens: &Path, own: Option<(&Path, &Credential)>, wanted: &[ServiceName]) -> Result<(), Failure> {
    let needs = needs(wanted);
    if needs.is_empty() {
        return Ok(());
    }
    let (roles, tokens_file) = (quoted(&needs.iter().collect::<Vec<_>>()), tokens.display());
    let Some((file, credential)) = own else {
        return Err(Failure::Tokens {
            why: format!("with --tokens {tokens_file} the services ask each other for a token, and they have none"),
            hint: format!(
                "give {tokens_file} a token for them with roles = [{roles}], write its secret into a file, \
                 and name that: --token-file FILE"
            ),
        });
    };
    let file = file.display();
    let Some(identity) = bearer_of(credential, tokens).map_err(Failure::of_fatal)? else {
        return Err(Failure::Tokens {
            why: format!("the services' own token, of --token-file {file}, is none of {tokens_file}, or has expired"),
            hint: format!("give {tokens_file} a token with that secret and roles = [{roles}]"),
        });
    };
    let missing: Vec<&Need> = needs.iter().filter(|need| !identity.is(need.role)).collect();
    if missing.is_empty() {
        return Ok(());
    }
    let (who, lacking) = (identity.principal(), lacking(&missing));
    Err(Failure::Tokens {
        why: format!("the services' own token, of \"{who}\" in --token-file {file}, lacks {lacking}"),
        hint: format!("add to the roles of \"{who}\" in {tokens_file}, beside those that it has: {}", quoted(&missing)),
    })
}

/// The roles as a file of tokens has them.
fn quoted(needs: &[&Need]) -> String {
    let roles: Vec<String> = needs.iter().map(|need| format!("\"{}\"", need.role)).collect();
    roles.join(", ")
}

/// The roles that are missing, with who needs them and what for.
fn lacking(missing: &[&Need]) -> String {
    let each = missing.iter().map(|need| {
        let who: Vec<&str> = need.who.iter().map(|service| service.program()).collect();
        let needs = if who.len() == 1 { "needs" } else { "need" };
        format!("the role {}, which {} {needs} to {}", need.role, who.join(", "), need.to)
    });
    each.collect::<Vec<_>>().join("; ")
}
