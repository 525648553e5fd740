//! Things that burn, glow, smell and spark; how fire is spoken of without the word.

use crate::fact::Fact;
use crate::words::{Class, Rule, class, strong};

pub(super) const CLASSES: &[Class] = &[
    class(
        "appliance",
        "toaster kettle iron oven cooker hob grill fryer microwave extractor boiler heater radiator fridge freezer dryer \
         drier dishwasher washer telly television tv monitor laptop computer tablet phone charger adapter battery scooter \
         escooter hoverboard vape plug socket extension lead fuse fusebox meter switch lamp light bulb fan hairdryer \
         straightener straighteners blanket console router generator inverter panel transformer substation motor engine \
         exhaust bonnet duct vent flue chimney stove burner hood cable wire wiring electrics appliance tumble machine",
    ),
    class(
        "fuelled",
        "hay straw bale bales gorse heather heath bracken stubble crop hedge thatch grass peat moor woodland forest \
         undergrowth brambles rubbish refuse skip bin bins recycling cardboard pallet pallets tyres sofa mattress duvet \
         quilt bedding pillow curtains curtain blind blinds carpet rug cushion chair couch nightie nightdress jumper sleeve \
         coat hymn books paper newspaper letterbox doormat mat shed barn garage stable caravan tent yacht boat houseboat \
         dinghy lorry van car bus moped scooter motorbike trolley shelter porch loft roof rafters joists decking fence \
         gazebo marquee pan oil fat grease wok ironing board",
    ),
];

pub(super) const RULES: &[Rule] = &[
    strong(
        "it burns without the word",
        Fact::Burning,
        &[
            "@fuelled|@appliance|kitchen|bedroom|oil|fat|everything|whole ?have|be ?all|just =gone|=went|=go|=going =up !in|to|there|by|for|the|stairs|and|a|at|with|price",
            "@fuelled|@appliance ?have|be ?just ?now =caught !on|up|my|his|her|by|in|me|him|the|a|it|them|us|something|someone",
            "@fuelled|@appliance ~2 =alight|=ablaze|=lit|=flaming|=blazing|=flames",
            "@fuelled|@appliance|oil|grease|fat|kitchen|house|rubbish|electrical|chimney|bush|pan|barn =fire !engine|station|door|alarm|exit|guard",
            "catch|caught light|alight|fire|afire|ablaze|=flame",
            "=flaming|=blazing|=inferno|=ablaze|=alight|=blaze !row|cheek|hot|sun|idiot|heck|hell",
            "orange|red|yellow|amber flicker|glow|light ~4 through|in|behind|from|at|over|under|upstairs",
            "red|glowing|burning|hot|lit bit|bits|ember|embers|coal|coals|ash|lumps ~6 down|hearth|carpet|roof|garden|grate|out|falling|wind|drift",
            "flicker ~3 window|skylight|roof|loft|blind|door|inside|letterbox",
            "chimney|flue|stove ~4 roar|roaring|glow|flame|spark|soot|rumble",
            "roar|roaring ~5 chimney|flue|stove",
            "ciggie|cigarette|fag|candle|joss|incense|match|lighter|heater ~4 =duvet|=sofa|=bed|=curtain|=carpet|=bedding|=mattress|=chair",
            "spark|sparks ~3 =off|=out|=from|=jump|=jumping|=fly|=flying|=shooting|=coming",
            "transformer|substation|pylon|pole|socket|fusebox|meter|panel|plug|switch|lights|light|fittings ~6 fizz|fizzing|buzz|hum|crackle|spark|pop|popping|bang|flash|arcing|sizzle|sizzling",
            "@appliance ?have|be ?all ?just =gone|=went =bang|=pop|=boom",
            "thick|black|white|grey|acrid|choking ~1 smoke|fumes ~4 belch|billow|pour|pump|curl|drift|come|rise|everywhere",
            "belch|belching|billow|billowing ~4 smoke|window|roof|fumes",
            "@appliance|candle|heater|firework|cigarette|bonfire|barbecue|spark ?have|be ~1 =set ~4 =off|alight|fire|going",
            "bang|boom|blast ~2 =at|=in|=from ~4 plant|factory|works|substation|refinery|depot|garage|unit|lab ~9 wall|smoke|flames|roof|windows|rubble",
        ],
    ),
    strong(
        "it smoulders",
        Fact::Smoke,
        &[
            "@appliance|@fuelled ~4 glow|glowing|smoulder|smouldering|scorch|scorched|singe|singed|char|charred|melt|melting|melted|smoke|smoking",
            "glow|glowing|scorched|melted|melting ~3 @appliance|duct|wall|ceiling|door|floor",
            "smell|stink|whiff|pong|reek|odour ~6 burn|burning|singe|scorch|melt|melting|plastic|rubber|electric|electrical|fishy|acrid|smoke",
            "acrid|singed|smoky|charred smell|something|taste|stink|whiff|air",
            "wall|floor|ceiling|door|skirting|underneath ~3 =hot|=warm|=steaming|=scorching",
            "still|keeps ~1 steam|steaming|hot|smoke|smoking|smoulder|warm|glowing|hissing ~3",
            "smoke ~3 curl|seep|drift|pour|billow|come|under|from|out|rise|hang",
            "thick ~2 smoke",
            "full of smoke|fumes|haze",
            "smoke|fire|heat alarm|detector ~4 sound|sounding|go|going|ring|ringing|blare|wail|scream|off|throughout !test|chirp|battery|again",
            "haze|soot|embers|cinders|ember",
            "scooter|hoverboard|vape|battery|charger ~5 pop|popping|hiss|hissing|glow|swell|fume|fumes|hot|smoke|swollen",
            "=hot|=warm ~1 =behind|=under|=underneath|=inside",
        ],
    ),
    strong(
        "it was lit",
        Fact::Arson,
        &[
            "pile|piled|heap|stack|stuff|stuffed|gather ~9 =lit|=light|=alight|=fire|=match|=lighter",
            "@stranger|@villain ~6 =lit|=lighting|=torched|=torching|=ignited|=burning ~2 =the|=a|=it|=them|=some|=my|=our|=that|=gorse",
            "put|set|strike|hold|held|touch ~2 =a match|lighter|flame|light ~2 to|it|on",
            "set|put ~2 match|lighter|torch|flame ~2 =to|=it",
            "with ~1 blowtorch|lighter|lighters|matches|accelerant|petrol",
            "burning|lit|flaming|lighted ~1 rag|paper|bottle|newspaper|rubbish ~5 through|at|in|into|door|letterbox|window",
            "bottle ~4 burning|lit|flaming|petrol ~1 rag|cloth|in",
            "through|in|into ~2 =door|=letterbox ~4 =lit|=alight|=fire|=burning",
            "throw|threw|lob|lobbed|chuck|launch|toss|drop|post ~3 =lit|=burning|=flaming|=lighted|=flare",
            "pour|poured|douse|doused|splash|splashed|slosh|tip|cover|soak ~4 petrol|spirit|paraffin|fuel|diesel|thinners|lighter|accelerant",
            "doused|soaked|covered|drenched ~4 petrol|spirit|paraffin|fuel|diesel",
            "can|bottle|jerrycan|container =of petrol|paraffin|fuel|accelerant|kerosene|spirit",
            "stuff|put|push|post|shove|stick ~2 firework|fireworks|banger|bangers|rocket|flare ~3 =in|=into|=through|=under",
        ],
    ),
];
