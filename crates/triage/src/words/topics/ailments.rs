//! What people fall ill with, how they look and what they say of it; birth; poison.

use crate::fact::Fact;
use crate::words::{Class, Rule, class, strong};

pub(super) const CLASSES: &[Class] = &[
    // Names of acute illness: whoever says one of these of somebody speaks of a patient.
    class(
        "ailment",
        "migraine meningitis sepsis septic septicaemia pneumonia pleurisy bronchitis emphysema embolism thrombosis dvt \
         aneurysm haematoma hematoma tachycardia bradycardia arrhythmia fibrillation jaundice jaundiced pancreatitis \
         appendicitis peritonitis gallstone colic heatstroke sunstroke hypothermia hypothermic frostbite anaphylaxis \
         convulsion epilepsy angina palpitation croup bronchiolitis hypoxia hypoxic encephalitis malaria dengue cholera \
         tetanus botulism salmonella gastroenteritis dysentery haemorrhage hemorrhage haemorrhaging hemorrhaging \
         miscarriage eclampsia preeclampsia ectopic ketoacidosis dka hypoglycaemic hypoglycaemia hyperglycaemic delirium \
         delirious catatonic sickle neutropenic haemophiliac haemophilia hemophiliac preeclamptic thunderclap \
         strangulated overdosed unconscious comatose listless lethargic feverish incontinent",
    ),
    class(
        "symptom",
        "dizzy faint giddy woozy clammy shivery feverish wheezy breathless drowsy groggy sleepy wobbly unsteady numb \
         tingly nauseous queasy sick poorly peculiar queer funny unwell strange vague vacant lightheaded lifeless limp \
         floppy confused muddled incoherent disoriented disorientated agitated delirious lethargic weak pale ashen grey \
         yellow blue purple mottled blotchy swollen stiff rigid cold glassy spaced twitchy trembly sweaty",
    ),
];

pub(super) const RULES: &[Rule] = &[
    strong(
        "the name of an illness",
        Fact::Illness,
        &[
            "@ailment",
            "sickle|cell crisis",
            "kidney|gall|bladder stone",
            "heat exhaustion",
            "blood clot|poisoning",
            "clot ~3 leg|lung|brain",
            "collapsed|punctured lung",
            "bleed ~2 brain|internally",
            "chest|kidney|lung|blood infection",
            "low|high ~1 blood sugar|pressure|sugars",
            "altitude sickness",
        ],
    ),
    strong(
        "out of his senses",
        Fact::Unresponsive,
        &[
            "unrousable|unresponsive|unarousable|insensible|zonked",
            "keep|keeps drift|nod|doze|zone|slip|pass|black ~1 off|out|away|under",
            "drift|drifting|slip|slipping ~1 in =and",
            "out =cold|=stone",
            "eye ~3 glaze|roll|vacant|glassy|fixed",
            "@person ~3 keel|flake|conk|crumple|spark|pass|black ~1 over|out !leaflet",
            "gurgle|gurgling|=agonal",
            "find|detect|feel|get|have|has|no|not ~2 pulse|heartbeat !racing|fast",
            "not ~3 rouse|revive|wake|stir|resuscitate",
            "snore|snoring ~5 not|cannot ~3 wake|rouse|response",
            "@person ~2 =go|=gone|=went|=going =down =hard|=suddenly|=like",
            "just|suddenly gone|went|dropped|go down|over|off",
            "curled|crumpled|sprawled|lying|laid|lies ~2 =up|=out|=down ~1 =in|=on|=by ~2 gutter|pavement|floor|ball|road|ground|corner|doorway",
        ],
    ),
    strong(
        "how a patient looks",
        Fact::Illness,
        &[
            "@person ~2 go|come|turn|look|feel ~2 @symptom !about|around|to|eyes|with|on|up|house",
            "come|came ~1 over ~2 @symptom",
            "all|very|really|so|rather|quite|right @symptom =and @symptom",
            "see|seeing|saw double|stars|spots",
            "going|gone|went =blind|=deaf",
            "sats|saturation|bp|pulse ~3 @number|low|high|drop|fall|racing",
            "temp|temperature ~3 @number|through|high",
            "stare|staring ~2 blank|blankly|ahead|space|nothing|through",
            "can|could not ~1 grip|grasp|swallow|focus|wee|pee|urinate|balance|smile",
            "lose|lost ~2 feeling|use|sight|hearing|vision|speech|sensation|movement",
            "dizzy|fainting|funny spell|turn|do",
            "tremble|trembling|convulse|writhe|writhing|retch|retching|heave|heaving|shudder",
            "purple|red|pinprick|blotchy|black spot|rash|mark",
            "pinprick|pinpoint|dilated|blown pupil",
            "froth|drool|dribble|foam !milk|coffee|beer|=sea",
            "doubled|bent|curled ~1 up|over ~2 pain|agony",
            "heart ~3 pound|race|racing|flutter|jump|skip|gallop|thump|stop|irregular|clapper",
            "sweat|sweating ~2 bucket|cold|loads|pouring|and",
            "coffee ground",
            "cough|coughing|bring|vomit|vomiting|throw|spit ~2 blood|bile|froth|pink|green|black",
            "tummy|stomach|belly|abdomen|guts ~4 rigid|hard|board|swollen|bloated|distended",
            "turn ~2 jerk|jerking|twitch|shaking|eyes|floor",
            "having|having some|a sort|kind|type|another turn|episode|do|attack",
            "tight|tightness|pressure|crushing|squeezing|heaviness ~3 chest|ribs|breastbone|throat",
            "elephant|weight|vice|band ~4 chest|sat|sitting",
            "chest ~3 infection|pain|tight|crush|heavy|rattle|wheeze",
            "one|few|couple word ~2 time|breath|sentence",
            "inhaler|nebuliser|epipen|spray ~4 nothing|not|empty|out|use|work|help|run|lost",
            "stroke|fit|attack|seizure ~2 have|had",
            "screaming|howling|crying|moaning|writhing ~2 pain|agony",
            "colour|color ~2 =of ~1 putty|ash|chalk|paper|death|milk|wax|clay|sheet",
            "pour|pouring|drip|dripping|drench|drenched|soak|soaked|bathed|running ~2 sweat",
            "spike|spiking|spiked|raging|sky|soaring|rocketing ~2 temp|temperature|fever",
            "=the|=uncontrollable|=violent shivers|shakes|rigors|tremors|sweats",
            "voice ~3 squeaky|hoarse|gone|croaky|funny|high",
            "welt|welts|hives|wheals|blotches|weals",
            "straining|writhing|doubled|rolling ~4 pain|about|floor|agony|up",
            "something|back|knee|hip|shoulder|neck|hamstring ~2 =pop|=popped|=crunched|=snapped|=gave|=cracked|=twanged ~4 back|neck|knee|shoulder|hip|leg|groin",
            "my|his|her back ?have|be =gone|=went|=locked|=seized",
            "can|could not ~1 shift|straighten|bend|budge|weight-bear",
            "arm|leg|hand|side ~2 =dropping|=dropped|=drops|=gone|=dead|=dangling ~2 ?things",
            "vacant|glazed|blank|faraway|distant ~1 ?look|eyes|expression|stare",
            "can|could not ~1 =keep ~2 =awake|=down|=still",
            "@person ~2 =out ~2 =count",
            "light headed",
            "convinced|believes|swears|sees|seeing ~6 spider|spiders|bugs|snakes|insects|voices|demons|people",
            "grind|grinding ~2 teeth|jaw",
            "breathing|oxygen|feeding|suction|ventilator|dialysis|concentrator ~1 machine|pump|cylinder|supply|line|tube ~3 pack|packed|fail|failed|stop|stopped|broke|broken|off|died|out|come|blocked",
            "ventilator|concentrator|trachy|tracheostomy ~3 fail|failed|stopped|blocked|out|alarm|off",
            "my|his|her back =out",
            "jab|injection|vaccine|tablet|nut|nuts|egg|sesame|prawn|fish|cake|curry ~9 lips|tongue|throat|rash|swell|swollen|fat|breathe|wheeze|welts|hives",
        ],
    ),
    strong(
        "swallowed or taken",
        Fact::Illness,
        &[
            "bad|dodgy|dud|wrong|too many|much ~1 pill|tablet|batch|drug|gear|dose|medication|powder|mushroom|weed|insulin",
            "too =many|=much ~3 @tablet|pills|tablets|heart",
            "double|triple|wrong dose|medication|medicine|tablets|amount",
            "swallow|eat|drink|down|neck|sip|gulp|lick|chew|suck ~5 coin|magnet|battery|button|marble|bead|screw|glass|berry|berries|mushroom|toadstool|seed|leaf|leaves|bulb|bleach|cleaner|perfume|mouthwash|sanitiser|fertiliser|turpentine|glue|paint|detergent|capsule|polish|descaler|antifreeze|weedkiller|pellet|pod|unblocker|thinner|ammonia",
            "heroin|fentanyl|cocaine|ketamine|mdma|spice|methadone|crack|meth ~6 collapse|breath|breathe|blue|wake|twitch|froth|foam|shake|hot|unresponsive|respond|clench|pupil",
            "jaw|teeth ~2 clench|lock|grind",
            "off his|her|their face ~4 on",
            "swarm ~4 got|sting|stung|attack|after|round|my|him|her",
            "sting|stung ~3 times|all|dozen|@number|thirty|twenty|ten|tongue|throat|mouth|face|neck",
            "take|took|taken ~5 @tablet|pills|tablets|medicine|medication|meds ~4 twice|double|mistake|accident|wrong|again",
            "take|took|taken|had =something ~9 hot|twitch|shaking|weird|jaw|teeth|heart|collapse|wake|floor|festival|party|club",
        ],
    ),
    strong(
        "on the way to be born",
        Fact::Labour,
        &[
            "=waters ?have|be ?just =gone|=went|=go|=broken|=broke|=breaking !off|cold|up|down|brown|out",
            "cord ~3 out|hang|neck|round|show|between",
            "crown|crowning ~2",
            "head|bum|foot|feet|shoulders ~2 =out|=showing|=crowning ~4 baby|push|midwife|breech|born",
            "pregnant|weeks|months ~2 ?gone|pregnant ~6 bleed|blood|cramp|pain|contraction|fall|fell|headache|swollen|spot|water|move",
            "twins|triplets|midwife|birthing ~6 come|coming|now|push|crown|early|out|arrive|late",
            "have|having ~2 baby|twins|triplets !shower|food|monitor",
            "bear|bearing =down",
            "baby ~3 not ~2 kick|kicking|move|moving|moved",
            "lose|lost|losing|pass|passed|passing ~3 clot|clots|fluid|mucus",
        ],
    ),
];
