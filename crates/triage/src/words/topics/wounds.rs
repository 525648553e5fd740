//! What people are hurt with, what breaks, and how it looks.

use crate::fact::Fact;
use crate::words::{Class, Rule, class, strong};

pub(super) const CLASSES: &[Class] = &[
    class(
        "sharp",
        "nail screw splinter knife chisel screwdriver needle hook blade saw bandsaw chainsaw drill spike wire fork skewer \
         scissors staple shard dart arrow thorn stake rebar rod pitchfork scalpel razor shears secateurs axe hatchet \
         cleaver machete glass shrapnel strimmer mower sander grinder planer lathe router bolt pick antler tusk horn \
         syringe peg railing bottle",
    ),
    class("tissue", "tendon ligament artery vein muscle cartilage kneecap nerve gum socket kneecap eyeball fingertip"),
    class(
        "damaged",
        "bust broken fractured snapped shattered smashed buckled bent wonky deformed mangled severed ripped torn split \
         skinned raw gashed sliced punctured pierced impaled amputated dislocated crushed pulped scalded burned burnt \
         blistered peeling degloved hanging dangling bleeding swollen black blue twisted popped lacerated slashed cut \
         gouged grazed scraped bitten stung cracked trapped",
    ),
];

pub(super) const RULES: &[Rule] = &[
    strong(
        "something sharp in a body",
        Fact::Injury,
        &[
            "@sharp ~2 slip|jump|snap|kick|fly|skid ~6 @body|palm|tendon|bone|him|her|me",
            "@sharp ~4 =in|=into|=through|=out|=across ~3 @body|palm",
            "tread|trod|stand|stood|step|stepped|kneel|knelt|sit|sat|land|fell|fall|roll ~1 =on|=onto ~2 @sharp !bench|=of",
            "gone|went|go|straight|right|clean|clear through ~2 @body|boot|shoe|sole|palm|cheek|hand",
            "see|showing|through|expose|exposed ~2 @tissue|bone",
            "@tissue ~2 show|exposed|out|hang|cut|sever|torn|tear|gone|snap|rupture",
            "@damaged ~2 @tissue",
            "take|took|taken|had|chop|saw|cut|slice|rip ~3 end|tip|top ~2 =of|=off ~4 finger|thumb|toe|fingers|hand|nose|ear",
            "tip|end|top|nail ?have|be ~1 =come|=off|=hanging|=gone ~1 ?off",
            "pull|tear|rip|yank ~2 nail|toenail|fingernail|hair",
        ],
    ),
    strong(
        "a damaged body",
        Fact::Injury,
        &[
            "bust|bash|cave|stave|crack|fracture|dislocate|sprain|rupture|tear|rip|gouge|puncture|pierce ~3 @bone|@body|kneecap|eardrum|tendon|hamstring|achilles|calf|cheek|lip",
            "@bone|ankle|kneecap|collarbone|kneecap|achilles ?have|be ?all ?really ?just @damaged",
            "@body|skull|cheek|forearm|forearms|shin|scalp|jaw|kneecap ?be|have ?been ?all|well|completely ~1 @damaged",
            "funny|odd|weird|strange|wrong|horrible|nasty ~1 shape|angle|direction",
            "knocked|punched|lost|missing|broken ~3 teeth|tooth",
            "teeth|tooth ~2 missing|loose|broken|gone",
            "gone|went|go|come ~1 =over ~3 =on ~3 ankle|foot|knee|kerb|ice|step|patio|stairs",
            "went|gone|going|go ~1 =over =hard|=backwards|=badly",
            "hit|bang|crack|bash|clatter|whack|thump|catch|caught|struck ~3 =on|=in|=against ~2 temple|skull|shin|kneecap|cheek|forehead|eye|eyes|mouth",
            "@damaged =head|=skull|=nose|=lip|=jaw|=cheek",
            "stab|gunshot|knife|bullet|puncture|head|bite|flesh wound|hole|injury",
            "kicked|butted|trampled|gored|crushed|thrown|bucked ~2 by|off ~2 horse|cow|bull|pony|ram|deer|donkey|camel",
            "horse|cow|bull|pony|ram|donkey|stallion|mare ~2 kick|throw|crush|trample|gore|butt ~2 @person|@body",
            "explode|blow|flash|splash|spit|spat|spray ~2 =in|=into|=over ~2 =my|=his|=her|=their|=our ~1 face|eye|eyes|hand|hands|arm|chest",
            "eyebrow|eyelash|hair|fringe ~3 gone|singe|burn",
            "skin|palms|forearms|hands|knees ~3 skinned|raw|bubbly|bubbling|blister|peel|hang|off",
            "spit|spitting|cough|bring|swallow ~2 blood|teeth",
            "nosebleed|nose ~4 hour|tap|gush|pour|stop",
            "fall|fell|fallen|tripped|slipped|tumble|topple|trip|slip ~3 over|off|down|out|from|on ~6 wrist|hip|ankle|knee|shoulder|elbow|head|back|arm|leg|face|collarbone",
            "come|came|thrown ~1 =off !=it|=the|work|site|page ~9 collarbone|helmet|leg|arm|wrist|shoulder|hip|head|bleed|knee",
            "biker|cyclist|rider|horse|jockey ~3 =come|=came|=thrown|=fallen ~1 =off",
            "run|ran|walk|bump|crash|smack ~2 =into ~3 door|lamppost|wall|post|window ~6 nose|head|tooth|teeth|blood|bleed",
            "burn|scald|blister ~3 arm|arms|forearm|forearms|hand|hands|face|leg|legs|chest|neck|shoulder|foot|feet|back|palm",
            "concuss|concussed|concussion",
            "shut|slam|trap|jam|catch|crush ~2 finger|thumb|hand|fingers|toe ~2 =in ~2 door|gate|drawer|window|hinge|boot",
            "claret",
            "bleed|bleeding freely|heavily|badly|out",
            "nick|nicked|catch|caught ~1 my|his|her arm|hand|leg|neck|finger|ear|artery",
            "@bone ~8 snapped|fractured|dislocated|mangled|severed|broken|shattered",
            "bad|awkward|heavy|nasty landing|fall|tackle|tumble|knock",
            "kneecap|shoulder|elbow|ankle|knee ~2 =round|=out ~3 side|back|socket|place|front",
            "finger|thumb|toe|hand|foot|arm|leg|nose|ear ?be ~1 =in two|half|bits|pieces|shreds|ribbons",
            "my|his|her rib|ribs|wrist|ankle|knee|hip|shoulder|collarbone|nose ?have|be =gone|=went|=cracked",
        ],
    ),
    strong(
        "a finger in a door",
        Fact::Mishap,
        &[
            "finger|thumb|hand|fingers|toe|foot ~2 shut|slam|crush|trap|catch ~1 =in ~2 door|gate|drawer|window|lid",
            "shut|slam|crush ~2 finger|thumb|hand|fingers|toe ~2 =in ~2 door|gate|drawer|window|lid",
        ],
    ),
];
