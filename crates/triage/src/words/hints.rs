//! Words that go with a service without saying anything by themselves. They decide only where nothing else does.

use super::{Rule, weak};
use crate::fact::Fact;

pub(crate) const RULES: &[Rule] = &[
    weak(
        "a word of the fire service's trade",
        Fact::HintFire,
        &[
            "flames|heat|ash|soot|fumes|sparks|ember|scorch|singe|melt|overheat|hose|extinguisher|alarm|detector|sprinkler|gas|leak|spill|oil|diesel|petrol|asbestos|hazard|toxic|substance|drum|cylinder|boiler|stuck|jammed|wedged|trapped|rescue|ladder|ledge|roof|cliff|drain|well|shaft|pipe|rope|crane|scaffold|collapse|crack|bulge|subsidence|flood|floodwater|drown|tide|ice|raft|boat|dinghy|kayak|swimmer|lift|elevator|hydraulic|cutters|glow|burn|electric|pylon|cable|socket|fuse",
        ],
    ),
    weak(
        "a word of the police's trade",
        Fact::HintPolice,
        &[
            "rob|steal|thief|nick|burglar|intruder|break-in|smash|vandal|graffiti|damage|fight|punch|kick|hit|slap|attack|assault|threat|threaten|weapon|knife|gun|scissors|bat|machete|gang|mob|youths|lads|yobs|drunk|abusive|aggressive|racist|harass|stalk|follow|lurk|prowl|suspicious|dodgy|balaclava|masked|hooded|trespass|squatters|drugs|dealer|dealing|arrest|criminal|offender|suspect|culprit|reg|registration|plate|getaway|racing|speeding|swerving|crash|collision|missing|lost|wandered|runaway|naked|bomb|package|laser|drone|till|cash|purse|wallet|hostage|kidnap|grope|rape|stranger|shouting|screaming|banging|ex|violent|domestic|court|bail|warrant|stolen|clothes|spat|spit|shoplift|fraud|scam|snake|alligator|loose",
        ],
    ),
    weak(
        "a word of the ambulance's trade",
        Fact::HintAmbulance,
        &[
            "hurt|injury|wound|cut|bleed|blood|bruise|swell|pain|ache|sore|broken|fracture|sprain|fall|fell|fallen|collapse|faint|dizzy|unconscious|breath|breathe|wheeze|cough|choke|vomit|sick|ill|unwell|poorly|fever|temperature|rash|allergic|sting|=bite|=bitten|seizure|stroke|heart|chest|diabetic|insulin|asthma|inhaler|oxygen|pregnant|labour|contraction|baby|overdose|tablet|pill|poison|swallow|burn|scald|blister|=numb|confused|pale|clammy|sweating|shaking|=head|spine|neck|=hip|leg|arm|ankle|wrist|collarbone|rib|stomach|tummy|warfarin|pacemaker|catheter|stitches|hospital|paramedic|nurse|patient|carer|medication|suicidal|overdosed|hanging|groggy|delirious|drowsy|limp|floppy|stiff",
        ],
    ),
];
