//! The three skills of every dispatching service, as their cards tell them.

use proto::a2a::AgentSkill;
use triage::Service;

/// The skills, with an example of what the service is called for.
pub(crate) fn skills(service: Service, example: &str) -> Vec<AgentSkill> {
    let dispatch = AgentSkill {
        id: "dispatch".to_owned(),
        name: "Dispatch".to_owned(),
        description: format!(
            "Sends the nearest free {service} units to an incident and says which, from where and when; waits where none is free, and follows them with \"follow\": true"
        ),
        tags: vec!["emergency".to_owned(), service.as_str().to_owned()],
        examples: vec![example.to_owned()],
        ..AgentSkill::default()
    };
    let release = AgentSkill {
        id: "release".to_owned(),
        name: "Release".to_owned(),
        description: "Frees the units of a dispatch, or of everything in this conversation".to_owned(),
        tags: vec!["emergency".to_owned(), service.as_str().to_owned()],
        examples: vec![r#"{"skill": "release", "dispatch": "the id in the dispatch's artifact"}"#.to_owned()],
        ..AgentSkill::default()
    };
    let redirect = AgentSkill {
        id: "redirect".to_owned(),
        name: "Redirect".to_owned(),
        description: "Sends the units of a dispatch, or of everything in this conversation, to the place where help turns out to be needed, with all that still waits for one"
            .to_owned(),
        tags: vec!["emergency".to_owned(), service.as_str().to_owned()],
        examples: vec![
            r#"{"skill": "redirect", "dispatch": "the id in the dispatch's artifact", "location": {"text": "12 Mill Lane"}}"#.to_owned(),
        ],
        ..AgentSkill::default()
    };
    vec![dispatch, redirect, release]
}
