//! Crimes by name and by deed, those who do them, what they carry, and trouble in the street.

use crate::fact::Fact;
use crate::words::{Class, Rule, class, strong};

pub(super) const CLASSES: &[Class] = &[
    // Nobody is called so who means well.
    class(
        "villain",
        "geezer scrote yob yobbo thug crook robber burglar mugger raider thief scumbag roadman pervert perv weirdo \
         peeper flasher assailant attacker assaulter knifeman gunman shooter stalker rapist groper molester paedophile \
         paedo kidnapper abductor hijacker carjacker joyrider vandal hooligan rioter looter intruder prowler trespasser \
         squatter poacher arsonist conman fraudster scammer pickpocket shoplifter dealer trafficker culprit hoodie",
    ),
    class(
        "deed",
        "assault assaulting mugging robbery burglary carjacking hijacking kidnapping abduction stabbing shooting affray \
         brawl riot looting vandalism arson rape grooming stalking blackmail extortion voyeurism trespass poaching \
         cuckooing upskirting skimming joyriding shoplifting pickpocketing ramraid smuggling trafficking murder \
         terrorism sabotage",
    ),
    class(
        "stranger",
        "man men woman women lad lads bloke blokes guy guys fella feller chap geezer youth kid boy teenager teen \
         stranger somebody someone person people figure male female individual gang group couple pair student customer \
         drunk biker hoodie yob two three four they he she ex husband boyfriend wife girlfriend stepdad",
    ),
    class(
        "arm",
        "machete sword samurai katana cutlass dagger bayonet cleaver hatchet axe crowbar cosh truncheon knuckleduster \
         bat club pistol revolver handgun shotgun rifle airgun crossbow catapult slingshot taser grenade firearm gun \
         knife blade shank screwdriver hammer mallet wrench spanner pickaxe chain pole chisel razor scythe spear bottle",
    ),
    class(
        "goods",
        "till handbag purse wallet phone jewellery watch necklace laptop tablet telly bike scooter moped motorbike van \
         trailer tools copper lead cable booze spirits fags cigarettes meat trolley parcel package medals cash fifty \
         quid money takings charity box safe generator quad tractor satnav catalytic converter plates cards keys",
    ),
];

pub(super) const RULES: &[Rule] = &[
    strong(
        "the name of a crime",
        Fact::Disorder,
        &[
            "@villain !alert|prevention|watch|lamp|alarm",
            "@deed !awareness|statistics|prevention|insurance|course|novel|film",
            "drug|drugs den|deal|dealing|dealer",
            "hare coursing",
            "modern slave|slavery",
            "forced marriage|labour",
            "spray|spraying|tag|daub|graffiti ~4 paint|wall|underpass|bridge|train|shelter|shutter|fence|car|school|memorial",
            "tear|rip|pull|kick|knock|push|topple|uproot|trample ~2 =up|=down|=over ~3 fence|headstone|gravestone|wall|bin|bins|sign|plants|flowers|bench|statue|tree",
            "headstone|gravestone|grave|memorial|statue ~4 smash|kick|push|knock|topple|damage|paint|spray|pull",
            "knock|push|kick|smash ~2 =over ~2 headstone|gravestone",
            "fire|firing|throw|lob|launch|let|aim ~4 flare|flares|firework|fireworks|rockets|missiles ~4 police|copper|crowd|people|fans|house|car|each",
            "kill|shoot|torture|stone|kick|stamp|hurt ~3 =the|=a ~1 duck|swan|hedgehog|bird|fox|pigeon|goose|cat|dog|pony|horse|sheep",
            "fitted|put|stuck|attached ~4 cash machine|cashpoint|atm|card",
            "cash machine|cashpoint|atm ~6 camera|device|skim|thing|tamper|card|waiting",
            "lark|race|racing|drag|boy racers|racing|doughnuts",
            "do|doing doughnut|wheelie|burnout|handbrake",
            "cannot|barely|hardly stand ~4 drive|wheel|keys|van|car",
            "drink|drunk|drinking|pissed|reek|plastered|hammered|legless|wasted|slurring ~9 =wheel|=drive|=driving|=drove|=car|=van|=lorry|=motor",
            "=wheel|=drive|=driving|=drove ~9 drink|drunk|drinking|pissed|reek|booze|plastered|hammered|legless|beer|vodka",
            "drunk|drunken|paralytic|legless ~9 throw|shout|smash|garden|abuse|swing|fight|refuse|won|leave|aggressive",
            "sell|flog|deal|push|supply|punt ~3 pill|pills|drug|drugs|weed|gear|coke|crack|spice|balloons|ketamine|wraps",
        ],
    ),
    strong(
        "an attack",
        Fact::Violence,
        &[
            "@arm ~3 in ~1 his|her|their hand|belt|coat|waistband|bag",
            "take|took|go|went|gone|come|came|coming|swing|hit|attack|run|chase|lash ~4 =with|=to ~2 @arm",
            "set|lay|tear|rip|light ~1 =about|=into ~2 @person|driver|bouncer|staff",
            "strangle|throttle|choke|suffocate|smother|drown|gag|garrotte ?my|his|her|the me|her|him|us|mum|wife|girlfriend|daughter",
            "kick|kicking|stamp|punch|boot|knee|elbow|headbutt|bite|spit ~3 =in|=on|=at|=to ~1 @body|ribs|head|face",
            "grope|groping|fondle|upskirt|flash|flashing|expose|exposing|masturbate|masturbating|wank|wanking",
            "exposing|flashing|showing ~1 himself|genitals|privates|bits",
            "touch|touching|rub|rubbing|press ~3 girl|girls|woman|women|bum|breast|breasts|inappropriately|up",
            "bundle|bundled|drag|dragged|force|forced|shove|shoved|snatch|snatched|haul ~3 =into|=in ~3 car|van|boot|taxi|alley|bushes|woods",
            "hit|hitting|beat|beating|belt|belting|batter|battering|slap|slapping|thrash|thrashing|whip|whipping ~2 kid|child|children|baby|wife|mum|missus|dog|kids",
            "get|getting off me|her|him|us",
            "hammer and tongs",
            "belt|belts|bottles|chairs|glasses|fists ~1 =off|=out|=flying|=swinging",
            "=brawl|=brawling|=scrapping|=scrap|=fisticuffs|=punch-up|=bundle",
            "spat|spit|spitting ~1 at|on|in",
            "mugged|battered|shanked|glassed|bottled|knifed|robbed|raped|groped|assaulted",
            "shank|shanked|shiv|chib|chibbed",
            "got|had|took|get ~4 =round|=across|=over =the|=his|=her|=my head|face|skull|ear",
            "=he|=they|=she|ex|husband|boyfriend|girlfriend|son|dad|brother|bloke|man ~1 hold|held|press|burn|bite|twist|slam|smash|break|stamp|bend|squeeze|crush|pull|yank|grab ~1 =my @body|arm|hair",
            "=he|=they|ex|husband|boyfriend|son|dad|brother|bloke|man ~1 hold|held|press|burn|bite|twist|slam|smash|stamp|squeeze|crush|pull|yank|grab ~1 =her @body|arm|hair",
            "go|went|gone|goes|coming|came =for =me|=him|=her|=us|=my|=them",
            "lash|lashed|lashing ~1 =out",
            "punch|kick|slap|hit|bash|crack|thump|deck|decked|lamp|lamped|twat|floor|floored ~1 =me|=him|=her|=us",
        ],
    ),
    strong(
        "armed",
        Fact::Weapon,
        &[
            "with|have|has|had|hold|holding|wave|waving|carry|carrying|brandish|wield|point|pointing|swing|swinging|pull|pulled|produce|got|hold|by|using|pack|packing ~3 @arm !of|opener|factory|shop|tie|trick",
            "machete|sword|katana|firearm|shotgun|rifle|pistol|revolver|handgun|crossbow|airgun|grenade|shooter|sawn|shank",
            "air|pellet|bb|nail|stun|hand|machine|pump =gun|rifle|pistol|=guns|rifles",
            "@arm ~2 to|against|at ~1 my|his|her|their throat|neck|head|face|back|ribs|chest",
            "gun|gunshot|gunfire|shots ~4 outside|street|park|car|window|hear|heard|fire|fired|ring",
            "bomb|explosive|suicide vest|belt|jacket|threat|strapped",
            "=bomb ~2 =in|=on|=at|=under|=inside",
            "say|said|claims|shouting ~6 =bomb|=explosives",
        ],
    ),
    strong(
        "menaced",
        Fact::Threat,
        &[
            "threaten|threatening|threatened|threat ~4 =with|=to|=me|=her|=him|=us|=staff|=them|=my|=his",
            "=says|=said|=saying|=reads|=note ~6 next|dead|regret|sorry|get|find|coming|watch ~2 you|me|us|back",
            "you be next|dead|finished",
            "come|coming back with|for|to ~6 mate|brothers|gun|knife|lads|me|finish|get|kill",
            "take|taking|took|taken ~2 them|kids|children|him|her|baby|son|daughter ~3 =out =of",
            "not ~1 =let ~3 =go|=leave|=out|=near ~1 !of",
            "hostage|siege|standoff|imprisoned|captive",
            "locked|barricade|barricaded ~2 himself|herself|themselves ~2 =in ~6 child|children|kids|knife|wife|gun|baby|girlfriend",
            "ex|boyfriend|husband|stepdad|dad|brother|he|she|man|stalker ~6 =not allowed|meant|supposed ~3 near|contact|here|me",
            "injunction|restraining|non-molestation",
            "order ~3 against|on him|her|my|ex",
            "sit|sat|sitting|stand|stood|standing|park|parked|wait|waiting|hang|hanging|lurk ~3 =outside ~2 =my|=our|=her|=the house|gate|door|flat|window|place|work|school|car ~1 !shop",
            "follow|followed|following|trail|tail|tailing ~3 =off|=home|=from|=round|=by|=me|=her|=us ~6",
            "expose|peer|peering|peep|peeping|spy|spying|watch|watching|film|filming|look|leer ~2 =through|=in|=into|=at ~2 =my|=our|=her|=the|=my ~1 window|bathroom|bedroom|daughter|girls|changing",
            "laser ~6 pilot|plane|aircraft|helicopter|driver|eyes",
            "scared|frightened|terrified|petrified|afraid ~3 =of|=he|=she|=my ~1 him|her|husband|ex|partner|son|dad|kill|hurt",
            "raging|kicking off|ranting|frenzy|berserk|rampage",
            "bang|banging|hammer|hammering|kick|kicking|pound|pounding|boot|batter|battering ~2 =on|=at|=down|=my|=our ~2 door|window|shutters|gate|wall",
            "bury|burying|gut|batter|do|finish|shoot|knife|cut|smash|hurt|slice ~1 =me|=us|=him|=her ~2 =if|=when|=next|=tonight|=up|=in",
            "wait|waiting|laying =for =me|=us|=him|=her !to|outside school",
            "same|a|some|this|two ~1 man|bloke|fella|guy|men|lad|lads|car|van ~2 =behind ~1 =me|=us|=her",
            "warn|warned|warning ~1 =me|=us|=her",
            "get|entice|lure|talk|persuade|coax|invite ~3 kid|kids|child|girl|girls|boy|boys|children|daughter|son ~4 =in|=into|=inside|car|van",
            "will|going|gonna|gunna ~9 =if =i|=we|=you|=she|=he|=they ~2 not",
        ],
    ),
    strong(
        "where he must not be",
        Fact::Intruder,
        &[
            "@stranger ~5 =in|=inside|=into|=through|=over|=on ~2 =my|=our|=her|=his|=the|=their|=next ~1 loft|attic|shed|garage|garden|house|kitchen|bedroom|cellar|basement|conservatory|greenhouse|yard|outhouse|warehouse|office|shop|balcony|stockroom ~2 !party|with",
            "hear|heard|hearing ~4 creak|creaking|footsteps|movement|moving|someone|voices|rustling ~4 above|below|downstairs|upstairs|loft|attic|house|kitchen|landing|stairs",
            "try|tryin|trying|test|testing|rattle|rattling|force|forcing|jemmy|jimmy|pick|picking|prise|prising|lever ~4 =door|=doors|=lock|=locks|=handle|=handles|=shutters|=shutter|=window|=windows|=gate",
            "trying ~2 =keys|=handles|=doors",
            "door|lock|window|gate|shutter|padlock|till|safe ?have|be ~2 =kicked|=forced|=jemmied|=prised|=smashed|=off|=broken|=crowbarred ~1 !by|down",
            "kick|force|boot|smash|cave ~2 =in|=off ~3 door|hinge|window",
            "might|could|may|think ~3 =still ~2 =in there|here|house",
            "crowbar|crowbars|balaclava|balaclavas|torches|jemmy",
            "come|came|got|get|gone ~2 =home|=back|=in ~9 ransack|turned|trashed|gone|kicked|forced|smashed|stolen|open|burgled",
            "ransack|ransacked|burgled|broken ~1 into",
            "squatters|squatter|trespassers",
            "@stranger ~4 =climbing|=climbed|=clambering|=scaling|=getting ~2 =over|=through|=in|=into|=up ~3 fence|wall|window|gate|balcony|drainpipe|back|roof|garden",
            "someone|somebody|man|bloke|person|intruder|burglar|stranger|footsteps ~3 =downstairs|=upstairs|=outside =my|=the|=in",
            "ex|boyfriend|stalker|husband|someone|somebody|man|he|she|stranger|they ~3 =got|=get|=let ~2 =in =while|=when|=through|=and|=during|=last|=again",
            "someone|somebody|man|men|people|lads|person|figure|bloke ~3 torch|torches|flashlight|flashlights",
            "torch|torchlight|flashlight ~2 =moving|=flashing|=shining|=inside|=going",
            "empty|boarded|vacant|derelict|closed|shut|locked ~1 flat|house|shop|school|building|pub|office|surgery|factory|church ~14 hear|hammering|noise|lights|light|moving|inside|voices|someone|somebody|lads|torch",
            "someone|somebody|people|lads|kids|man ~3 =in ~2 empty|boarded|vacant|derelict|closed ~1 flat|house|shop|building|factory|pub",
        ],
    ),
    strong(
        "taken",
        Fact::Theft,
        &[
            "steal|pinch|nick|swipe|snatch|grab|rob|lift|pocket|pilfer|purloin|whip ~4 @goods",
            "@goods ~2 =snatched|=stolen|=pinched|=nicked|=swiped|=grabbed|=taken|=lifted|=ripped",
            "@goods ?be|have =gone|=missing !off|down|out|up|through|flat|dead|bang|pop|under|into|in|over|on|wrong|to|mad|for|and|cold|black",
            "open|empty|hand|demand|raid|clear|rifle ~3 =the|=his|=her|=my ~1 till|safe|register|cash|pin|purse",
            "fill|filling|stuff|stuffing|load|loading ~3 bag|bags|holdall|holdalls|trolley|coat|pram|rucksack|van|pockets ~9 pay|out|booze|meat|spirits|bottles|lead|copper|stock|clothes",
            "walk|walked|run|ran|leg|legged|march ~2 =out|=off ~3 pay|paying|shop|store|bag|trolley|bottles|booze",
            "nick|nicking|steal|stealing|stolen|pinching|thieving",
            "distraction|doorstep|bogus|fake|pretend|no badge|id|official|workman|meter|gas|water|police|card ~4 =gone|=took|=purse|=asked|=money",
            "carjack|carjacked|hijack|hijacked",
            "try|tried|trying ~2 =carjack|=rob|=mug|=snatch|=steal|=nick|=take",
            "take|took|taken ~2 fifty|twenty|hundred|@number quid|pound|euro|dollar|grand",
            "hand|handed|gave|give ~2 =over|=him|=them|=it ~6 leg|ran|run|gone|scarper",
            "robbers|raiders|mugger|muggers ~4",
            "being done over",
            "security|cash|bullion van ~9 mask|masks|helmet|helmets|hammer|sledgehammer|gun|over|grab|box",
            "rings|jewellery|money|purse|watch|cash|telly|laptop ?have =walked|=vanished|=disappeared",
            "drawer|drawers|cupboard|cupboards|wardrobe|wardrobes|everything|room|rooms ~3 =floor|=emptied|=out|=upside|=everywhere",
            "say|says|saying|claim|claims|claiming|pretend|pretending ~3 =from =the ~2 board|council|gas|water|electric|bank|police|company|utility",
            "distrust|suspicious|dodgy ~3 caller|workman|salesman|builder|trader",
            "taken|lifted|swiped|had ~4 =by ~3 bloke|man|lad|guy|woman|someone|kid|kids|fella|lads",
        ],
    ),
];
