//! Crimes and those who do them, weapons, threats, trouble in the street, traffic, lost people, loose animals, deaths.

use crate::words::{Class, class};

pub(super) const WORDS: Class = class(
    "of-police",
    "police cop officer arrest crime criminal offence illegal steal stolen theft thief thieve thieving rob robber robbery mug \
     mugger mugging burgle burglar burglary break-in broken broke intruder intrude prowl prowler trespass trespasser squat \
     squatter ransack rifle loot looter looting raid raider shoplift shoplifter shoplifting pickpocket nick pinch swipe snatch \
     grab pilfer nab swag till safe atm cashpoint cash handbag purse wallet phone jewellery rings catalytic lead copper con scam scammer fraud bogus \
     fake counterfeit blackmail extort ransom hostage kidnap abduct abduction snatcher trafficking slave attack assault \
     attacker assailant beat beating batter battered punch kick slap hit hitting headbutt stamp stamped glass glassed bottle bottled stab stabbed \
     stabbing slash slashed knife blade razor razors machete sword samurai dagger axe hatchet hammer sledgehammer crowbar bat club cue cosh chain \
     pole screwdriver wrench gun pistol rifle shotgun firearm revolver shoot shooting shot shots gunshot gunfire sniper gunman \
     airgun pellet catapult crossbow bomb bomber explosive grenade device suspicious package parcel rucksack holdall suitcase unattended ticking wires \
     threat threaten threatening menace menacing intimidate bully harass harassing harassment stalk stalker stalking follow followed following \
     behind loiter loitering lurk lurking watch watching peer peep peeping voyeur expose exposing flash flasher lure entice grope rape rapist molest \
     indecent pervert perv strangle strangled throttle choke choked murder murderer kill killed killing violence violent abuse abusive \
     aggressive aggression raging rage rant ranting berserk argument arguing row rowing quarrel fight fighting brawl brawling scrap scuffle \
     affray riot rioting mob gang yob thug hooligan vandal vandalise vandalism graffiti spray spraying daub deface smash smashing smashed trash \
     wreck damage key keyed scratch headstone windscreen window brick bricks stone stones rock throw throwing lob lobbing chuck chucking hurl hurling \
     pelt pelting egging spit spitting racist racism hate swearing shouting screaming drunk drunken drink drinking legless drug drugs dealer \
     dealing flogging pills weed cannabis cocaine spike spiked joyride joyrider joyriding racing race doughnuts speeding swerve \
     swerving weaving skid skidding crash collision collide pileup shunt prang jackknife overturned rear-end hit-and-run driver \
     lorry van car motorway carriageway lane roundabout junction traffic hazard obstruction obstruct block blocked debris ladder mattress \
     sign lights horse horses cow cows cattle bull sheep deer swan pig loose stray dog dogs bully rottweiler bite biting savage maul \
     missing lost vanish vanished disappear runaway wander wandered wandering dementia abandoned alone unattended dead death died deceased body corpse stiff \
     ex boyfriend husband injunction restraining order custody court bail prison warrant breach domestic neighbour stranger \
     bloke lad lads youth youths geezer hooded hoodie masked balaclava helmet helmets mask torch torches lock locks handle door doors shutter shutters gate \
     fence climb climbing loft drawer drawers legged scarper scarpered flee fled run ran escape escaped getaway detain detained caught citizen security guard bouncer \
     shop staff customer refuse refusing kicking laser drone reg registration plate plates threatened revenge bury barricade barricaded siege standoff goodbye suicide \
     suicidal deliberate deliberately purpose arson arsonist petrol torched set alight lit disturbance disorder naked nude \
     poach poacher coursing cruelty fly-tip protest tampered doused passenger pedestrian cyclist biker motorbike moped kerb",
);
