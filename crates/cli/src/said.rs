//! What `send` and `plan` say: words, or a plan that a file holds.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use a2a::metadata::{PLAN, object, structure};
use proto::a2a::{Part, part};
use proto::watchroom::orchestrator::v1::Plan;

use crate::args::Send;
use crate::failure::Failure;

/// The one part of the message.
pub(crate) fn part(args: &Send) -> Result<Part, Failure> {
    match (&args.plan, args.text.as_deref()) {
        (Some(file), _) => plan(file),
        (None, said) => Ok(text(words(said.unwrap_or_default())?)),
    }
}

/// The words of an argument, or those on standard input.
pub(crate) fn words(argument: &str) -> Result<String, Failure> {
    if argument == "-" { spoken() } else { Ok(argument.to_owned()) }
}

fn text(said: String) -> Part {
    Part { content: Some(part::Content::Text(said)), media_type: "text/plain".to_owned(), ..Part::default() }
}

/// A text that is too long for a command line.
fn spoken() -> Result<String, Failure> {
    let text = read(io::stdin().lock(), "standard input")?;
    if text.trim().is_empty() {
        return Err(Failure::Usage("standard input has no text: say something".to_owned()));
    }
    Ok(text.trim_end().to_owned())
}

/// A plan as the operator takes it: data that says what it is. A field that no plan has is a slip, and refused here.
fn plan(file: &Path) -> Result<Part, Failure> {
    let name = if file == Path::new("-") { "standard input".to_owned() } else { file.display().to_string() };
    let text = if file == Path::new("-") {
        read(io::stdin().lock(), &name)?
    } else {
        let opened = File::open(file).map_err(|error| Failure::io(format_args!("cannot read {name}"), error))?;
        read(opened, &name)?
    };
    planned(&text, &name)
}

/// The plan of a text, as data that says what it is.
fn planned(text: &str, name: &str) -> Result<Part, Failure> {
    let no_plan = |error: &proto::JsonError| Failure::Usage(format!("{name} holds no plan: {}", why(error)));
    proto::from_json_exact::<Plan>(text).map_err(|error| no_plan(&error))?;
    let data = proto::from_json::<Part>(&format!("{{\"data\":{text}}}")).map_err(|error| no_plan(&error))?;
    Ok(Part { metadata: Some(structure([(PLAN, object(Default::default()))])), ..data })
}

fn why(error: &dyn std::error::Error) -> String {
    error.source().map_or_else(|| error.to_string(), ToString::to_string)
}

/// All of it, up to a byte more than services take, so that what is too long is not sent cut.
fn read(from: impl Read, name: &str) -> Result<String, Failure> {
    let most = service::limits::REQUEST + 1;
    let mut bytes = Vec::new();
    let failed = |error| Failure::io(format_args!("cannot read {name}"), error);
    from.take(most as u64).read_to_end(&mut bytes).map_err(failed)?;
    if bytes.len() == most {
        return Err(Failure::Usage(format!("the text of {name} is longer than 4 MiB")));
    }
    String::from_utf8(bytes).map_err(|_| Failure::Usage(format!("{name} is not UTF-8")))
}

#[cfg(test)]
mod tests;
