//! Small words: negation, time, speech.

use super::{Class, class};

pub(crate) const CLASSES: &[Class] = &[
    class("not", "not no nobody none nothing without never neither nor hardly barely"),
    class("nobody", "nobody none nothing"),
    class("everyone", "everyone everybody all we"),
    class("have", "have get"),
    class("be", "be"),
    class("fall", "fall slip trip tumble topple plunge"),
    class("go", "go run drive ride speed take make leg scarper flee bolt vanish disappear cycle peg"),
    class("away", "off away it"),
    class("look", "look search check"),
    class(
        "strike",
        "hit beat punch kick slap strike headbutt whack bash thump batter clobber stamp pummel smack throttle elbow",
    ),
    class(
        "harm",
        "kill hurt stab shoot burn hit beat smash harm murder bomb blow cut slit attack batter rape knife torch get hunt destroy strangle fight firebomb",
    ),
    class("snatch", "steal nick snatch grab rob swipe pinch nab pilfer thieve"),
    class("need", "need want send require call get request dispatch"),
    class(
        "month",
        "january february march april may june july august september october november december easter christmas",
    ),
    class("past", "=last"),
    class(
        "span",
        "week month year summer winter spring autumn christmas easter time monday tuesday wednesday thursday friday saturday sunday decade",
    ),
    class("firefighter", "=fire firefighter"),
    class("police", "police cop officer policeman bobby constable sheriff trooper"),
    class("medic", "ambulance paramedic medic doctor ems"),
];

/// Words that say nothing by themselves of what has happened: no reason for anything that people would understand.
pub(crate) const FUNCTION_WORDS: &str = "a about above across actually after again against ah all along already also although always am an and another any \
     anybody anyone anything are around as at away back be because been before behind being below between bit both but \
     by came can come comes coming cos could did do does doing done down during each even ever every everybody everyone \
     everything few for from gave get gets getting give go goes going gone got had has have having he hello her here \
     hers hi him his how i if in inside into is it its itself just keep keeps kind know last let lets like little look \
     looking looks lot lots made make many may maybe me might mine more most much must my near need needs never next no \
     nobody none nor not nothing now of off ok okay on once one ones only onto or other our out outside over own perhaps \
     please pls pretty put quite rather really right said same saw say saying says second see seen shall she should side \
     since so some somebody someone something somewhere soon sort still such sure take taken takes than thank thanks \
     that the their theirs them then there these they thing things think this those though through to today tonight \
     too took toward towards two under until up upon us very want wants was way we well went were what when where which \
     while who whom whose why will with without would wrong yeah yes yet you your u ur im first three four five six \
     seven eight nine ten";
