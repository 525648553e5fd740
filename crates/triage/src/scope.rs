//! Whether words hold here and now: negation, the past, questions, conditions, what somebody says he will do.

use crate::fact::Fact;
use crate::text::{Break, Token};

/// How the words around a finding qualify it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scope {
    Holds,
    Denied,
    /// Past, asked, supposed.
    NotNow,
    /// Announced by somebody: a threat.
    Announced,
}

impl Scope {
    /// In their order.
    pub(crate) const ALL: [Self; 4] = [Self::Holds, Self::Denied, Self::NotNow, Self::Announced];
}

/// Words that end the reach of a negation or a tense, besides punctuation.
const JOINTS: &[&str] = &[
    "but", "and", "because", "so", "then", "while", "though", "although", "however", "who", "which", "just", "or",
    "when", "where", "after", "with",
];
const NEGATORS: &[&str] = &["not", "no", "nobody", "none", "nothing", "never", "without", "neither", "nor"];
/// Behind a negator these turn it into something else: not sure, no idea, cannot stop.
const INVERTERS: &[&str] = &[
    "sure",
    "certain",
    "only",
    "know",
    "idea",
    "doubt",
    "stop",
    "stopping",
    "until",
    "wait",
    "long",
    "longer",
    "just",
    "clue",
    "answering",
    "answer",
    "control",
    "reach",
    "help",
    "matter",
    "wonder",
    "put",
    "get",
    "call",
    "let",
    "see",
    "find",
    "leave",
];
const BELIEF: &[&str] = &["think", "believe", "look", "looks", "seem", "seems", "reckon", "appear", "thinks"];
const SUBJECTS: &[&str] = &[
    "he", "she", "they", "we", "i", "it", "there", "someone", "somebody", "you", "his", "her", "my", "their",
    "everyone",
];

/// How the words around tokens `start..end` qualify a finding of `fact`.
pub(crate) fn scope(tokens: &[Token], start: usize, end: usize, fact: Fact) -> Scope {
    if fact.is_hint() {
        return Scope::Holds;
    }
    if fact.is_speech() && fact != Fact::WantAmbulance && fact != Fact::WantFire && fact != Fact::WantPolice {
        return Scope::Holds;
    }
    let holds = negated(tokens, start);
    if holds {
        return Scope::Denied;
    }
    if past(tokens, start, end) || asked(tokens, start) || supposed(tokens, start) {
        return Scope::NotNow;
    }
    if fact.can_be_threatened() && announced(tokens, start, end) { Scope::Announced } else { Scope::Holds }
}

/// The clause's words before `at`, the nearest first.
fn before(tokens: &[Token], at: usize, reach: usize) -> impl Iterator<Item = (usize, &Token)> {
    let from = at.saturating_sub(reach);
    let near = (from..at).rev().map(|i| (i, &tokens[i]));
    near.take_while(|(_, token)| token.after == Break::None)
}

fn negated(tokens: &[Token], start: usize) -> bool {
    let mut near = before(tokens, start, 6).peekable();
    while let Some((at, token)) = near.next() {
        let word = token.word();
        if INVERTERS.contains(&word) || JOINTS.contains(&word) {
            return false;
        }
        if NEGATORS.contains(&word) && !token.set_aside {
            return !short_reach(word) || start - at <= 2 || sign_of(tokens, at, start);
        }
        let believed = near.peek().is_some_and(|(_, earlier)| BELIEF.contains(&earlier.word()));
        if SUBJECTS.contains(&word) && !believed {
            return false;
        }
    }
    false
}

/// `no` and `without` deny the noun behind them; `nobody` and `not` deny the rest of the clause.
fn short_reach(negator: &str) -> bool {
    matches!(negator, "no" | "without")
}

/// `no sign of`, `no visible`: the noun is further on.
fn sign_of(tokens: &[Token], negator: usize, start: usize) -> bool {
    let between = tokens[negator + 1..start].iter();
    between.into_iter().any(|token| {
        matches!(
            token.word(),
            "sign" | "signs" | "evidence" | "trace" | "visible" | "obvious" | "longer" | "more" | "or"
        )
    })
}

/// The bounds of the clause around `start..end`: punctuation and joints end it.
fn clause(tokens: &[Token], start: usize, end: usize) -> (usize, usize) {
    let opens = |i: &usize| *i == 0 || tokens[*i - 1].after != Break::None || JOINTS.contains(&tokens[*i - 1].word());
    let closes = |i: &usize| {
        tokens[*i].after != Break::None || tokens.get(*i + 1).is_none_or(|next| JOINTS.contains(&next.word()))
    };
    let first = (0..=start).rev().find(opens).unwrap_or(0);
    let last = (end.saturating_sub(1)..tokens.len()).find(closes).unwrap_or(tokens.len().saturating_sub(1));
    (first, last)
}

const LAST: &[&str] = &[
    "week",
    "month",
    "year",
    "summer",
    "winter",
    "spring",
    "autumn",
    "christmas",
    "easter",
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
    "sunday",
    "time",
    "january",
    "march",
];
const PERIODS: &[&str] = &["year", "years", "month", "months", "week", "weeks", "days", "ages", "decades", "fortnight"];
const MONTHS: &[&str] = &[
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
    "2019",
    "2020",
    "2021",
    "2022",
    "2023",
    "2024",
    "2025",
    "easter",
    "christmas",
];
const WEEKDAYS: &[&str] = &["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];

fn past(tokens: &[Token], start: usize, end: usize) -> bool {
    let (first, last) = clause(tokens, start, end);
    let told = told_from(tokens, first, last);
    (told..=last).any(|i| past_at(tokens, i) && !since(tokens, i)) && !going_on(tokens, start)
}

/// Words of the moment: what stands beside them is not part of a tale of the past.
const MOMENT: &[&str] = &["now", "still", "again", "today", "tonight", "just", "since", "currently", "keeps"];

/// Where the tale begins that the clause `first..=last` goes on with: `last year I slipped and broke my arm`,
/// `on Friday when he had a stroke`.
fn told_from(tokens: &[Token], first: usize, last: usize) -> usize {
    let joint = |at: usize| at > 1 && tokens[at - 2].after == Break::None && tokens[at - 1].after == Break::None;
    let goes_on = |at: usize| match tokens[at - 1].word() {
        "when" => true,
        "and" => !SUBJECTS.contains(&tokens[at].word()),
        _ => false,
    };
    let moment = tokens[first..=last].iter().any(|token| MOMENT.contains(&token.word()));
    if moment || !joint(first) || !goes_on(first) { first } else { clause(tokens, first - 2, first - 1).0 }
}

fn past_at(tokens: &[Token], i: usize) -> bool {
    let word = |at: usize| tokens.get(at).map_or("", |token| token.word());
    let (here, next, after) = (word(i), word(i + 1), word(i + 2));
    let before = if i > 0 { word(i - 1) } else { "" };
    match here {
        "last" => LAST.contains(&next) || MONTHS.contains(&next),
        "yesterday" => before != "since",
        "back" => {
            PERIODS.contains(&before) || next == "in" && (MONTHS.contains(&after) || after == "the") || next == "then"
        }
        "ago" => PERIODS.contains(&before),
        "used" => next == "to" && before != "got" && before != "not",
        "on" => WEEKDAYS.contains(&next),
        "previously" | "formerly" | "historic" | "historical" => true,
        "in" => MONTHS.contains(&next) && next != "may",
        _ => false,
    }
}

/// The sentence says that it matters at this moment.
fn going_on(tokens: &[Token], at: usize) -> bool {
    let sentence = tokens[at].sentence;
    let word = |i: usize| tokens.get(i).map_or("", |token| token.word());
    let near = at.saturating_sub(24)..tokens.len().min(at + 24);
    near.into_iter().any(|i| tokens[i].sentence == sentence && word(i) == "right" && word(i + 1) == "now")
}

/// `since last week`, `for two weeks`: it goes on.
fn since(tokens: &[Token], i: usize) -> bool {
    let near = before(tokens, i, 3);
    near.into_iter().any(|(_, token)| matches!(token.word(), "since" | "from" | "for" | "past" | "seen" | "heard"))
}

const ASKING: &[(&str, &[&str])] = &[
    ("how", &["long", "much", "often", "do", "can", "should", "many", "would", "does"]),
    ("where", &["do", "can", "should", "is", "would"]),
    ("who", &["do", "can", "should", "would"]),
    ("whose", &["job", "responsibility"]),
    ("when", &["will", "do", "can", "is", "does", "are"]),
    ("what", &["time", "number", "happens", "counts", "are", "would", "if"]),
    ("which", &["number", "one", "day"]),
    ("can", &["i", "you", "we"]),
    ("could", &["i", "you", "we"]),
    ("should", &["i", "we"]),
    ("do", &["you", "i", "we"]),
    ("is", &["there", "it", "this"]),
    ("are", &["there", "you"]),
    ("would", &["you", "it"]),
];

/// Words of a question in general, in the same clause; a plea is none.
fn asked(tokens: &[Token], start: usize) -> bool {
    if !tokens[start].asked {
        return false;
    }
    let (first, last) = clause(tokens, start, start + 1);
    let plea = |i: usize| matches!(tokens[i].word(), "help" | "send" | "come" | "hurry" | "stop" | "cpr");
    let question = |i: usize| {
        let next = tokens.get(i + 1).map_or("", |token| token.word());
        ASKING.iter().any(|(head, tails)| *head == tokens[i].word && tails.contains(&next))
    };
    (first..=start).any(question) && !(first..=last).any(plea)
}

/// Under an `if`, or as seen on a screen or in a dream.
fn supposed(tokens: &[Token], start: usize) -> bool {
    let condition = before(tokens, start, 6).any(|(i, token)| {
        let before = if i > 0 { tokens[i - 1].word() } else { "" };
        let clear =
            !matches!(before, "sure" | "know" | "as" | "see" | "tell" | "wonder" | "certain" | "idea" | "check");
        (token.word == "if" && clear) || (token.word == "imagine")
    });
    let sentence = tokens[start].sentence;
    let shown = |token: &&Token| {
        token.sentence == sentence
            && matches!(
                token.word(),
                "film" | "movie" | "dream" | "dreamt" | "documentary" | "episode" | "videogame" | "novel"
            )
    };
    condition
        || watched(tokens, sentence)
        || tokens.iter().skip(start.saturating_sub(12)).take(24).any(|token| shown(&token))
}

/// `watching it on the telly`.
fn watched(tokens: &[Token], sentence: usize) -> bool {
    let said = |words: &[&str]| tokens.iter().any(|token| token.sentence == sentence && words.contains(&token.word()));
    said(&["watching", "watched", "saw", "seen"]) && said(&["telly", "tv", "television", "news", "youtube", "netflix"])
}

/// `he is going to`, `he will`, `threatened to`: somebody announces it.
fn announced(tokens: &[Token], start: usize, end: usize) -> bool {
    let word = |at: usize| tokens.get(at).map_or("", |token| token.word());
    let intends = (start.saturating_sub(4)..end).any(|i| {
        let next = word(i + 1);
        match word(i) {
            "going" | "wants" | "planning" | "trying" | "promised" => next == "to",
            "will" | "gonna" => next != "not",
            _ => false,
        }
    });
    let someone = |token: &Token| {
        matches!(
            token.word(),
            "he" | "she"
                | "they"
                | "ex"
                | "husband"
                | "who"
                | "partner"
                | "boyfriend"
                | "someone"
                | "man"
                | "neighbour"
                | "somebody"
                | "him"
                | "woman"
                | "lad"
                | "bloke"
                | "guy"
                | "girl"
                | "brother"
                | "son"
                | "dad"
                | "wife"
                | "lady"
                | "lads"
                | "men"
        )
    };
    let threatens = (start.saturating_sub(4)..start).any(|i| word(i).starts_with("threaten") && word(i + 1) == "to");
    threatens || intends && (start.saturating_sub(8)..end).any(|i| someone(&tokens[i]))
}
