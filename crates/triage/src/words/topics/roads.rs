//! Vehicles that meet, what lies on roads, and what runs about on them.

use crate::fact::Fact;
use crate::words::{Class, Rule, class, strong};

pub(super) const CLASSES: &[Class] = &[
    class(
        "wheels",
        "car van lorry truck bus coach taxi cab minibus tractor motor hatchback saloon estate convertible suv jeep \
         pickup tanker artic articulated wagon hgv trailer horsebox caravan motorhome camper ambulance limo hearse \
         motorbike motorcycle moped scooter quad bike cyclist biker motorcyclist rider tram train digger transit juggernaut",
    ),
    class(
        "roadway",
        "road street lane avenue carriageway motorway bypass roundabout junction slip lights crossroads bridge \
         crossing tracks track line bend hill verge shoulder flyover underpass dual drive way hardshoulder traffic",
    ),
    class(
        "obstacle",
        "ladder mattress sofa wardrobe fridge tyre tree branch branches bough boulder rock bricks timber plank pallet \
         pallets bale bales pipe pole lamppost bollard sign barrier barriers cone cones skip gate fence scaffolding sheet \
         tarpaulin carpet bumper exhaust wheelie bin bins log logs gravel manhole wire cables carcass deer metal \
         sheeting mirror crate trolley pushchair lights rubble glass nails slurry manure",
    ),
    class(
        "livestock",
        "cow cows cattle bull bulls bullock heifer calf horse horses pony ponies sheep ram lambs pig pigs goat goats deer \
         stag donkey alpaca llama swan geese ostrich emu herd flock livestock dog dogs kangaroo wallaby",
    ),
];

pub(super) const RULES: &[Rule] = &[
    strong(
        "vehicles meet",
        Fact::Collision,
        &[
            "pile up|ups",
            "=pileup|=pile-up|=shunt|=prang|=rtc|=rta",
            "@wheels ~4 =and ~3 @wheels ~4 gone|went|hit|collide|collided|crash|crashed|smash|smashed|come|came|into",
            "@wheels ~4 jackknife|jackknifed|overturn|overturned|flip|flipped|roll|rolled|topple|toppled|spin|spun|aquaplane|somersault|ploughed|careered|slammed|smashed|wrapped|concertinaed",
            "@wheels ~3 =gone|=went|=go|=come|=came|=ploughed|=crashed|=smashed|=driven|=drove|=careered ~2 =through|=into|=off|=down|=over ~2 =the|=a|=my|=our|=each|=another ~2 front|barrier|bank|wall|shop|window|bakery|house|garden|ditch|tree|railings|embankment|verge|bridge|fence|other|back|side|lamppost|central|crossing|hedge|cafe|church",
            "@wheels ~3 @number|two|three|both @wheels ~6 spun|hit|crash|smash|gone",
            "two|three|four|five|six|several|couple ~1 @wheels ~6 crash|spin|spun|collide|hit|smash|shunt|involved|head",
            "two|three|four|five|both @wheels ~3 =on|=at|=by ~6 injure|injured|hurt|whiplash|bleed|smashed|spun|passenger|driver",
            "whiplash|airbag|airbags|windscreen|bumper ~9 passenger|driver|bleed|nose|neck|car|car|hurt|smash",
            "passenger|driver ~4 whiplash|airbag|windscreen|seatbelt",
            "cut|cutting ~3 =out =of ~2 car|wreck|vehicle|cab",
            "wedged|trapped|stuck|pinned ~2 =behind|=under|=against ~2 wheel|dashboard|steering|axle",
            "@wheels ~4 =off|=through|=over|=down|=into|=in ~7 bridge|canal|river|lake|embankment|bank|ravine|sea|railings|parapet",
            "@wheels ~3 =on|=onto ~1 =its|=their|=it|=is ~1 ?is side|roof|back",
            "drive|driven|drove|driving ~4 =along|=down|=on|=onto|=up|=over|=into ~2 pavement|crowd|people|shoppers|market|footpath|queue|bus",
            "@wheels ~3 =under|=underneath|=beneath ~4 @wheels",
            "@wheels ~6 concertina|concertinaed|mangled|crumpled",
            "@wheels ~2 =under|=into ~2 =the ~1 back|rear ~2 =of",
            "roof ~2 peeled|ripped|sheared|torn|caved",
        ],
    ),
    strong(
        "walker or rider hit",
        Fact::PersonStruck,
        &[
            "hit|knocked|clipped|struck|run|mown|bowled|sideswiped|flattened ~3 =by|=off|=over|=down ~3 @wheels",
            "@wheels|driver ~3 hit|hits|knocked|clipped|struck|mown|mowed|flattened|ran|run ~2 =a|=my|=an|=the|=him|=her|=me|=down|=over ~3 cyclist|pedestrian|lady|man|woman|kid|child|boy|girl|pensioner|fella|chap|biker|rider|jogger|person|runner|daughter|son|mum|dad|nan|husband|wife",
            "biker|cyclist|rider|motorcyclist|pedestrian|motorbike|moped ~6 =under|=underneath|=beneath ~3 @wheels|axle|wheels",
            "jump|fell|fall|pushed|gone|go|walked ~3 =in|=under|=onto|=before ~3 train|tram|tube|tracks",
            "@wheels|driver|he|she ~4 taken|took|wiped|swept|mown|bowled ~1 =out ~1 =a|=the|=my|=an|=two|=some",
            "mount|mounted|mounts ~2 kerb|pavement|footpath ~6 hit|lady|man|woman|kid|child|people|into|out|person|pedestrian",
            "door ~2 open|opened|opening ~3 =into|=on|=onto|=in|=at ~2 cyclist|biker|bike|motorbike|scooter|me",
            "over =the|=his|=her handlebars|bonnet|windscreen",
            "whoever|who ~1 hit|struck|clipped =him|=her|=me|=them",
            "cyclist|biker|motorcyclist|pedestrian|rider ~3 =in|=on ~2 verge|ditch|gutter|hedge|road|kerb",
        ],
    ),
    strong(
        "danger on a road",
        Fact::RoadHazard,
        &[
            "@obstacle ~6 =in|=on|=across|=over|=down|=into ~3 =lane|=lanes|=carriageway|=motorway|=road|=street|=bypass|=junction|=middle|=traffic|=tracks|=line|=fast|=outside|=slow",
            "@obstacle ~4 flat|knocked|blown|fallen|lying|down ~4 =over|=across|=in|=on ~2 =the|=both|=whole @roadway",
            "@livestock ~5 =on|=in|=across|=along|=down|=against|=into|=over|=all ~3 @roadway|cars|traffic",
            "@livestock ~2 gallop|galloping|wander|wandering|loose|charging|trotting|bolting|roaming|escaped|running|running ~6",
            "traffic|cars|drivers|everybody|everyone|folk|people|motorists|lorries ~3 swerve|swerving|weave|weaving|brake|braking|slam|slamming|anchors|skid|skidding|dodge|dodging|slide|sliding",
            "@wheels ~3 hit|hitting|clip ~1 =it|=them|=debris",
            "dump|dumped|abandon|abandoned|left|broken|stalled|parked ~4 =on|=across|=in ~3 tracks|track|crossing|line|rails|motorway|carriageway|lane|bend",
            "@poisonous|paint|diesel|oil|slurry|milk|petrol|sewage ~4 =down|=over|=across|=along|=on ~2 =the ~1 road|street|lane|hill|carriageway|roundabout|@street",
            "@poisonous|paint|diesel|oil|slurry|petrol ~5 =down|=over|=across|=along|=on @street",
            "shed|lost|lose|drop|dropped|spill ~2 =its|=his|=a|=is load|load|cargo|trailer|wheel",
            "lorry|truck|trailer|wagon ~4 lost|shed|spilt|dropped|lose ~2 load|cargo|bottles|pallets|drums|barrels|crates|logs|bales",
            "lights|signals ~4 knocked|out|flat|down|stuck ~4 junction|road|crash|cars|crossroads|lane",
            "jump|jumping|leap|dive ~3 =out ~2 =way",
            "asleep|slumped|passed ~3 =wheel",
            "=all =over ~1 place|road|lanes|shop|carriageway",
            "bounce|bounced|bouncing|clip|clipped|hitting|scraping ~4 kerb|kerbs|verge|barrier|cones|bollards|cars",
        ],
    ),
    strong(
        "a beast at large",
        Fact::DangerousAnimal,
        &[
            "bully|pitbull|rottweiler|mastiff|staffie|alsatian|dobermann|doberman|akita|dog|bulldog|husky|bull|stallion ~6 attack|attacking|charge|charging|lunge|lunging|bite|biting|snarl|snarling|savage|maul|rip|ripped|ripping|tear|hold|loose|chase|chasing|snap|snapping|growl",
            "xl bully",
            "not ~1 let ~2 near ~3",
            "set|sets|setting ~1 =his|=her|=the|=their dog|dogs ~1 on",
        ],
    ),
];
