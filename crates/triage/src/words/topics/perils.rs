//! Ways of not getting away: under, in, up, down, between; water and mud; gases and chemicals by name.

use crate::fact::Fact;
use crate::words::{Class, Rule, class, strong};

pub(super) const CLASSES: &[Class] = &[
    class(
        "craft",
        "canoe canoeist kayak kayaker paddleboard paddleboarder surfboard surfer windsurfer kitesurfer dinghy yacht boat \
         rowboat raft lilo inflatable jetski rib sailboat catamaran narrowboat pedalo punt rower sailor swimmer bather \
         diver snorkeller bodyboard bodyboarder fisherman angler",
    ),
    class(
        "wet",
        "river sea canal lake pond reservoir weir dyke dike harbour dock quay estuary lagoon loch moat beck brook burn \
         stream creek surf tide current waves rapids millpond marina gravelpit pit slipway slurry lido bay ocean quarry",
    ),
    class(
        "bulk",
        "rubble masonry plaster joists joist beam girder scaffold scaffolding ceiling wall roof floor bookcase wardrobe \
         dresser cabinet fridge freezer piano slab boulder log tree branch trunk pallet pallets crate load soil earth \
         sand grain trench car van lorry bus tractor digger dumper forklift quad trailer train tram machine machinery \
         roller press shutter gate lift bales hay bricks steel pipe pipes snow concrete glass statue sign crane counter marquee tent gazebo stage canopy awning hoarding",
    ),
    class(
        "gas",
        "propane butane methane calor lpg chlorine ammonia acetylene hydrogen refrigerant freon nitrogen helium argon \
         ethylene monoxide phosgene sulphide",
    ),
    class(
        "poisonous",
        "chlorine ammonia acid bleach mercury cyanide formaldehyde pesticide herbicide weedkiller solvent thinner \
         thinners stripper acetone ether hydrochloric sulphuric nitric caustic peroxide phenol creosote asbestos \
         chloroform toluene benzene xylene methanol lye oxidiser descaler fluoride arsenic resin cement quicklime lime fertiliser",
    ),
];

pub(super) const RULES: &[Rule] = &[
    strong(
        "in trouble on water",
        Fact::InWater,
        &[
            "@craft ~6 capsize|capsized|overturn|overturned|tip|tipped|flip|flipped|sink|sinking|sank|swept|drift|drifting|adrift|cling|clinging|struggle|struggling|trouble|snapped|swamp|swamped|lost|blown|vanish|missing|wave|waving|under|exhausted",
            "@person ~5 =in|=into|=under|=off ~2 @wet ~1 !toilet|house|inn|arms|road|street|lane|walk|view",
            "tombstone|tombstoned|tombstoning",
            "tip|topple|roll|fall|slip|slide|slid|go|gone|went|jump|throw|dive|leap|plunge|drive|drove|career|fell ~3 =into|=in|=off ~2 @wet|lock|dyke|pit",
            "only|one|nobody|not|never ~3 surface|surfaced|resurface|resurfaced",
            "not ~2 come|came ~1 back =up",
            "lose|lost sight of ~1 him|her|them|it ~4 wave|water|current|under|sea",
            "lost|lose sight",
            "cut ~2 =off ~4 tide|water|sea|flood",
            "tide|water|sea|flood|current ~4 cut ~2 =off",
            "swept|washed ~2 =out|=away|=off|=under|=downstream|=down !of",
            "dragged|pulled|carried|sucked ~2 =under|=downstream",
            "dragged|pulled|carried|sucked ~2 =out|=off|=down|=away ~3 @wet|sluice|culvert|drain",
            "cling|clinging|hang|hanging|hold|holding ~3 buoy|branch|rope|hull|pontoon|root|ring|post|board ~6",
            "caught|stuck|stranded|cut|marooned ~2 =on|=by ~3 sandbank|rock|rocks|island|mudflat|mudflats|causeway|spit|breakwater",
            "water|tide|sea ~2 coming|rising|rises|closing ~1 =up|=in|=round|=around",
            "ice ~6 =give|=given|=gave|=gives|crack|cracked|broke|through|under ~1 ?way",
            "=up =to ~2 shoulder|shoulders|neck|waist|chest|chin|knees ~2 =in|=of ~2 water|mud|ice|snow|slurry|sea|river",
            "water|ice|mud|sea|river ~9 =up =to ~2 shoulder|shoulders|neck|waist|chest|chin",
            "@wheels ~6 =in|=into|=under ~2 @wet|water|dock",
        ],
    ),
    strong(
        "brought ashore",
        Fact::Ashore,
        &[
            "pull|drag|get|fish|haul|help|bring|lift ~2 =out =of ~1 @wet|pool|water|bath",
            "=out ?=of ?=a|=our|=the @water|pool|bath ~2 =now|=safe",
        ],
    ),
    strong(
        "under a weight",
        Fact::Pinned,
        &[
            "@bulk ~3 =come|=came|=fell|=fallen|=gone|=toppled|=tipped|=rolled|=landed|=collapsed|=dropped|=caved ~2 =down|=over|=in ?=on|=onto|=top =on|=onto|=top ~2 @person|my|him|her|me|them",
            "@bulk ~3 toppled|tipped|fell|fallen|landed|rolled|collapsed ~2 =on|=onto ~2 my|him|her|me|them|us|a @person|toddler|mum|dad|brother|workmate",
            "@bulk ~2 topple|tip|fall|land|roll|collapse ~2 =on|=onto ~1 him|her|me|them|us",
            "@person|foot|leg|legs|arm ~4 =under|=underneath|=beneath ~2 =the|=a|=it|=all ~1 @bulk|wheel|axle|chassis|bus|counter",
            "trap|trapped|pin|pinned|wedge|wedged|stuck|crush|crushed ~2 =under|=underneath|=beneath|=behind|=against|=between ~3 @bulk|wheel|axle|counter|dashboard|it",
            "sink|sunk|sinking|buried|up|stuck|trapped ~2 =to|=in|=up ~3 waist|neck|chest|knees|belly|armpits ~3 grain|mud|sand|slurry|silo|concrete|snow|quicksand",
            "grain|mud|sand|slurry|quicksand|silo ~6 sink|sunk|sinking|stuck|trapped|neck|waist|buried|fell|gone",
            "arm|hand|leg|foot|sleeve|hair|fingers ~4 caught|trapped|stuck|drawn|dragged|pulled|mangled|jammed ~3 winch|capstan|rope|auger|baler|mangle|propeller|conveyor|press|roller|mixer|machine|shredder|mincer|lathe|escalator|chain|belt|cog",
            "digger|tractor|quad|dumper|mower|forklift|buggy|trailer ~2 roll|rolled|flip|flipped|overturn|overturned|tipped|toppled ~6 under|underneath|him|her|trapped|driver|top",
            "lorry|truck|bus|tree|crane|coach ~9 hatchback|car|van|estate|mini ~2 =flattened|=crushed|=squashed|=under|=underneath|=beneath",
            "car|van|hatchback|estate|cab ~2 =flattened|=crushed|=squashed|=concertinaed ~2",
            "blown|came|come|fell|fallen|collapsed|gone|crashed =down =on|=onto ~3 top|party|crowd|people|guests|tent|car|him|her|them",
            "people|guests|folk|kids|children|workers|men|someone|somebody ~2 =underneath|=beneath",
            "deck|cab|roof|front|bonnet ~2 =flattened|=crushed|=squashed|=caved",
        ],
    ),
    strong(
        "cannot get away",
        Fact::Trapped,
        &[
            "wedged|jammed|lodged|entangled|tangled|snagged|pinned|penned|hemmed|marooned|stranded ~1 !price|paper|phone|printer|a|item",
            "@person|woman|man|child|driver|passenger|kids|folk|people|them|somebody|someone ~4 =still|=stuck|=trapped ~2 =in|=inside =there|=it|=here|=wreck|=wreckage|=car|=coach|=bus|=cab",
            "hear|heard ~4 scream|screaming|shout|shouting|moan|moaning|groan|groaning|cry|crying|knock|knocking ~2 =inside|=in|=under|=underneath|=below",
            "paternoster|elevator|=lift|=lifts|escalator|cablecar|funicular|rollercoaster|chairlift ~6 halt|halted|stop|stopped|dead|stall|jam|between|stuck|break|plunge",
            "=lift|=lifts|elevator ~4 =stopped|=dead|=halted|=stuck ~6",
            "stairs|exit|landing|corridor|way|door|hallway ~4 full|block|blocked|filled|thick ~3 smoke|flames|fire|rubble|debris",
            "can|could not ~1 =get|=climb|=make|=come ~1 =out|=down|=free|=off !of bed|bed|the|my|hold",
            "hang|hung|hanging|caught|dangling|stuck ~2 =up ~2 =in ~2 tree|wire|pylon|branches|mast|rigging",
            "paraglider|parachutist|hangglider|balloonist|skydiver|paramotor",
            "climb|climbed ~3 tree|crane|pylon|roof|mast|tower|gutter|scaffold|drainpipe ~9 =down|=stuck|=frozen|=fright|=scared|=slipped",
            "aunt|uncle|mum|dad|nan|grandad|neighbour|lady|man|couple|family|kids|child ~2 upstairs|inside|indoors ~3 =can|=cannot|=unable ~2 =get|=out|=not",
            "finger|ring|head|hand|arm|foot|knee|leg ~4 stuck|jammed|wedged|trapped ~3 =in|=between|=through|=down ~3 railing|railings|drain|gate|fence|bars|banister|grate|toy|pipe|bollard|machine|letterbox|chair|bucket|pram|seat|grid|slats",
            "hand|arm|fingers|finger|toe|foot|leg|head ~1 =up|=in|=inside|=down|=through|=gone ~3 grille|filter|grid|spout|plughole|jar|vase|drain|tap|gate|seat|slot|letterbox|blender|mixer|blades|machine|railing|railings|vent|shredder|mincer|door|pipe",
            "bolt|lock|latch|locked|bolted|latched ~3 door ~3 =inside|=in|=behind ~9 =can|=cannot|=catch|=key|=open|=out",
            "locked|shut|bolted ~2 =herself|=himself|=itself|=themselves ~1 =in",
            "can|could|cannot not ~2 get|open|force|shift ~2 door|doors !bell",
            "not ~2 get ~1 door|doors ~1 =open",
        ],
    ),
    strong(
        "creatures that cannot get away",
        Fact::AnimalConfined,
        &[
            "@pet|cat|dog|kitten|puppy ~6 =stuck|=trapped|=tangled|=wedged|=caught|=jammed|=hooked|=snared|=sunk|=stranded|=dropped|=fallen|=fell|=lodged ~2 =in|=on|=down|=under|=behind|=up|=between|=into|=to|=through|=netting|=wire",
            "@pet ~4 =in|=down|=behind|=under|=up|=inside ~2 =the|=our|=my|=a chimney|drain|wall|floorboards|floor|cellar|pipe|well|hole|slurry|mud|bog|ditch|vent|cavity|loft|unit|units|engine|roof|tree",
            "fishing|barbed|wire line|hook|net|netting|fence ~5 round|around|caught|tangled|leg|neck|beak|wing",
            "@pet ~6 netting|hook|line|barbed|eaves|gutter|guttering",
            "hamster|gerbil|budgie|parrot|tortoise|ferret|rabbit|guinea|pigeon|gull|owl|swan|deer|hedgehog|squirrel ~6 stuck|trapped|caught|wedged|tangled|netting|flap|flapping|scrabbling|chimney",
            "@pet ~6 head|leg|hoof|neck|horns|paw|beak ~2 =through|=in|=stuck|=caught|=under|=between",
        ],
    ),
    strong(
        "gas by name",
        Fact::Gas,
        &[
            "@gas ~6 leak|leaking|escape|escaping|hiss|hissing|vent|venting|smell|cylinder|bottle|bottles|canister|tank|alarm|burst|pipe",
            "@gas cylinder|bottle|canister|tank",
            "gas|stove|camping canister|cylinder|bottle|bottles ~6 hiss|hissing|vent|venting|leak|leaking|shut|whistle|whistling|fell|rolling|road|burst",
            "whistle|whistling|hiss|hissing|blowing|roar ~5 pipe|main|gas|meter|valve",
            "through|hit|struck|severed|fractured|ruptured|nicked ~2 =gas|=a ~1 pipe|main",
            "meter|stopcock|hob|cooker|boiler ~3 =gas|=hissing|=smell|=smells|=leaking",
            "whiff|pong|stench|smell|stink|reek ~2 =of|=like ~1 gas|egg|eggs|sulphur",
            "bad|rotten|off egg|eggs",
            "turn|turned|left|switched ~3 =gas ~4 =on|=unlit|=open|ring|rings|tap|taps|hob",
            "meter|boiler|hob ~4 leak|leaking|hissing|escaping",
        ],
    ),
    strong(
        "poison by name",
        Fact::Chemical,
        &[
            "@poisonous ~5 spill|spilt|spilled|leak|leaking|smash|smashed|burst|fume|fumes|split|tip|tipped|knocked|drop|dropped|over|floor|road|cloud|vapour|eating|mixed|running|run|pouring|gone",
            "spill|spilt|spilled|leak|leaking|smash|smashed|burst|mixed|mix|mixing|split|running ~5 @poisonous",
            "thermometer|barometer ~6 mercury|broke|broken|smashed ~4 mercury",
            "chemistry|science|lab|laboratory ~6 spill|spilt|smash|smashed|fumes|explosion|leak",
            "plant|pump|pool room ~6 chlorine|fumes|leak|chemical|smell",
            "@poisonous drum|barrel|tank|tanker|cloud|fumes|spill",
            "drum|barrel|tank|tanker|vat ~1 =of @poisonous|toluene|fuel|chemical|something",
        ],
    ),
    strong(
        "rising water",
        Fact::Flood,
        &[
            "brook|river|beck|stream|canal|dam|reservoir|culvert|bank ~3 =burst|=bursting|=overflowing|=topped|=breached|=flooding",
            "water ~4 =up|=over|=to|=past|=above ~3 sill|sills|knee|knees|waist|chest|window|socket|sockets|bed|stairs|bonnet",
            "water ~4 light|lights|fitting|fittings|fusebox|sockets|electric|electrics|ceiling ~4",
        ],
    ),
];
