//! Fields of how callers talk: over, asked, joked, thanked for, denied, well.

use crate::words::{Class, class};

pub(super) const FIELDS: &[Class] = &[
    class(
        "questions",
        "how what when where which who why whether =is =are =do =does =did =can =could =should =would =will =may wonder wondering ask asking curious",
    ),
    class(
        "office",
        "insurance insurer claim report reference solicitor form application apply appointment book booking renew \
         certificate licence license permit council complaint complain refund compensation record copy register \
         invoice policy number tax fee fine cost price course vacancy volunteer donate join recruit interview job \
         career essay homework project survey feedback prescription surgery gp dentist pharmacist repeat jab voucher ticket statement paperwork statistics",
    ),
    class(
        "thanks-and-praise",
        "thank thanks cheers grateful brilliant lovely wonderful fantastic kind compliment praise appreciate legend hero proud congratulate",
    ),
    class(
        "nuisances",
        "noise noisy loud music party drums trumpet barking squeak parking parked drive bins recycling rubbish litter \
         missed collection pothole streetlight lamp hedge leaves smell queue late rude annoying moan grumble power cut \
         outage broadband wifi dripping tap cockerel leaf fly-tip mess trampoline karaoke bagpipes weeds dog-mess",
    ),
    class(
        "play",
        "film movie telly tv show episode series game song singing sing karaoke concert gig match quiz crossword joke \
         prank lol haha hahaha laugh novel book story dream dreamt play drama rehearsal festival scarecrow costume \
         halloween exam test drill exercise practice training tour party murdered killed smashed legend roast playlist dance",
    ),
    class(
        "mistakes",
        "mistake accident accidentally wrong pocket bum sorry apologies false alarm sat dialled misdial testing cancel \
         ignore nevermind sorted turned just only thought toddler button =oops siri alexa fat-fingered",
    ),
    class(
        "times-past",
        "ago last yesterday previous previously used once already back year years month months week weeks =was =were \
         had before summer spring autumn winter christmas january february march april june july august september \
         october november december earlier =2019 =2020 =2021 =2022 =2023 =2024",
    ),
    class("now", "now right just still currently moment minute seconds again happening going immediately"),
    class(
        "machine-talk",
        "system instruction instructions prompt ignore previous override bot ai assistant admin model dispatch cancel \
         mark resolved closed log output reply print json mode developer operator directive directives classify command \
         reset downgrade note file hereby rules conversation token",
    ),
    class("denials", "no not none nobody nothing never neither nor without hardly n't"),
    class(
        "all-well",
        "fine ok okay safe well unhurt uninjured unharmed alright good happy cheerful giggling laughing comfy calm singing \
         unscathed scratch unmarked accounted everyone everybody clear perfectly smiling waving",
    ),
    class(
        "nobody-there",
        "empty vacant derelict unoccupied away holiday nobody evacuated out outside garden pavement pyjamas assembly \
         car-park gathered moved back closed shut abandoned disused deserted vacation counted ticked",
    ),
    class("pleas", "help please hurry quick quickly send come urgent urgently emergency desperate fast need god"),
    class(
        "fear",
        "scared frightened terrified crying cry sobbing scream screaming shout panic shaking hysterical shook petrified afraid",
    ),
    class(
        "figures",
        "killing dying died murder starving kill fired burning fire shot blown smashed bomb crash stab poison snake literally honestly absolutely",
    ),
    class(
        "doubt",
        "think maybe possibly perhaps probably seems sort kind reckon suppose unsure might looks =like something",
    ),
    class("several", "two three also another both things separate and second plus anyway besides meanwhile first"),
];
