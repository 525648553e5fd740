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
