//! Fields of what people do to each other, with what, and of trouble that the police see to.

use crate::words::{Class, class};

pub(super) const FIELDS: &[Class] = &[
    class(
        "blows",
        "hit beat punch kick slap headbutt bash batter thump whack smack clobber stamp shove push drag throttle strangle \
         choke bite glass bottle assault attack jump mug pummel scratch elbow knee trip smother grab pin hurl spit clout lamp deck floor wallop",
    ),
    class(
        "stabs-and-shots",
        "stab knife slash shoot shot gunshot bullet fire round pellet spear slit =cut =knifed =fired machete lunge",
    ),
    class(
        "weapons",
        "knife blade machete sword axe hatchet hammer crowbar bat cosh club gun pistol rifle shotgun firearm revolver \
         handgun airgun crossbow catapult screwdriver cleaver razor chain pole brick bottle weapon grenade bomb taser \
         knuckleduster wrench mallet sledgehammer scissors armed sniper bullet dagger spear bar",
    ),
    class(
        "menaces",
        "threat threaten menace intimidate blackmail harass stalk follow chase warn swear scare frighten terrify hunt \
         corner surround bully shout rage rant abuse abusive aggressive violent hammer bang kick pound next kill hurt \
         come get going torch burn smash batter control barricade hostage injunction restraining order court bail",
    ),
    class(
        "break-ins",
        "burglar burglary burgle intruder break broke broken-into force jemmy prise smash climb climbing prowl prowler \
         trespass squat squatter ransack rifle rummage lock handle window shutter shed torch crowbar balaclava mask \
         masked hooded hoodie creep sneak lurk letterbox turned-over intrude raid ram-raid",
    ),
    class(
        "thefts",
        "steal stole stolen theft thief thieve rob robber robbery mug mugger nick nicked pinch swipe snatch grab lift \
         pocket pickpocket shoplift shoplifter loot raid raider take taken gone peel rip strip siphon make-off leg \
         scarper trolley hijack carjack con scam fraud fake counterfeit bogus false hold-up heist",
    ),
    class(
        "loot",
        "bag handbag purse wallet phone laptop watch necklace ring jewellery rings gold cash money till takings safe card \
         bike motorbike car van catalytic converter lead copper tools telly pension savings parcel trailer keys atm \
         cashpoint machine spirits booze tin charity drawer diesel necklace chain passport pin bank detective courier lorry plant",
    ),
    class(
        "villains",
        "man bloke lad guy youth yob thug gang stranger thief robber burglar mugger attacker gunman intruder stalker \
         prowler vandal hooligan fella geezer chap group teenager drunk dealer pervert flasher shoplifter customer \
         passenger bouncer punter mob they someone somebody kid bikers fans raiders arsonist idiot creep",
    ),
    class(
        "flight",
        "leg scarper flee fled ran run drove drive off gone left away vanish speed bolt escape getaway roared stopped scarpered legged on-foot alley disappeared",
    ),
    class(
        "damages",
        "smash vandal vandalise graffiti spray paint slash key dent wreck trash brick stone egg damage headstone window \
         windscreen tyre shutter kick break destroy deface daub swastika urinate",
    ),
    class(
        "brawls",
        "fight brawl scrap scuffle riot affray disorder disturbance punch-up ruck row argue argument quarrel shouting \
         screaming drunk drunken mob crowd protest hooligan fans bottle kicking melee ding-dong domestic barney squabble commotion",
    ),
    class(
        "sex-crimes",
        "rape grope molest indecent expose exposing flash flasher touch upskirt voyeur peep peer pervert abuse lure entice \
         groom naked nude masturbate himself schoolgirl inappropriate spike spiked date-rape wank",
    ),
    class(
        "captives",
        "hostage kidnap abduct bundle drag lock tie tied hold held keep leave escape captive slave traffic trafficking \
         prisoner chained against keys passport let imprison ransom =won't",
    ),
    class(
        "the-missing",
        "missing lost vanish disappear wander walkabout search seen find found home back since phone last dementia \
         runaway abscond note alone left abandoned wearing whereabouts turn",
    ),
    class(
        "the-dead",
        "dead death died body corpse stiff cold days flies smell deceased remains skeleton grave passed murder murdered rigor skull bones",
    ),
    class(
        "suspicious-things",
        "suspicious package parcel suitcase rucksack holdall bag unattended wires ticking bomb device hoax powder envelope \
         grenade shell mortar fins ordnance mine landmine timer drone laser ied",
    ),
    class(
        "on-purpose",
        "deliberately purpose arson arsonist lit set poured petrol lobbed threw rag bottle molotov letterbox laughing filming cheering doused doused torched =light =lighter match",
    ),
    class(
        "motor-crimes",
        "drunk drink drinking wheel wrong-way racing race speeding doughnut joyride joyrider chase swerving weave vodka \
         lights reckless texting overtaking rage police pursuit plates stolen",
    ),
    class(
        "people-of-order",
        "police cop officer constable guard security bouncer steward warden detective arrest arrested custody court bail prison warrant sheriff pcso magistrate detained",
    ),
    class(
        "targets",
        "shop store bank jeweller post office bookies pub church chapel mosque synagogue school club warehouse yard \
         garage depot museum pharmacy cash machine petrol station cemetery allotment supermarket restaurant takeaway",
    ),
];
