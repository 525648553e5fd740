//! Fields of the body and of people: what hurts, how it shows, who it is.

use crate::words::{Class, class};

pub(super) const FIELDS: &[Class] = &[
    class(
        "head-and-trunk",
        "head skull scalp face forehead temple cheek jaw chin brow eyebrow eye eyelid pupil ear nose nostril mouth lip \
         tongue throat neck collarbone chest rib breastbone heart lung back spine belly stomach tummy abdomen gut groin \
         hip pelvis kidney liver bladder bowel womb insides torso windpipe airway tooth gum",
    ),
    class(
        "limbs",
        "arm forearm elbow wrist hand palm finger fingertip thumb knuckle leg thigh knee kneecap shin calf ankle foot \
         heel toe toenail fingernail shoulder armpit limb hamstring achilles tendon ligament bone joint muscle nail",
    ),
    class(
        "bleeding",
        "blood bleed bleeding bloody haemorrhage hemorrhage gush spurt pump clot claret tourniquet nosebleed bloodbath \
         artery vein =pumping =spurting =gushing =oozing =soaked",
    ),
    class(
        "wounds",
        "wound gash cut slice slash graze scrape puncture laceration bruise lump bump swelling swell split hole blister \
         burn scald fracture break snap dislocate sprain twist crush mangle sever amputate maim injure injury hurt \
         concussion whiplash stitch scar shatter bust tear rip impale skewer pierce batter singe maul gore",
    ),
    class(
        "wounded-state",
        "bleeding broken snapped swollen twisted dislocated mangled severed crushed bust busted bent wonky hanging \
         dangling split burnt burned scalded blistered raw peeling bruised battered gashed black purple deformed \
         shattered smashed impaled numb paralysed limp floppy injured hurt wounded concussed",
    ),
    class(
        "breathing",
        "breathe breath breathing breathless gasp wheeze pant choke cough splutter suffocate rattle rasp gurgle snore \
         hyperventilate asthma asthmatic inhaler puffer nebuliser oxygen sats airway croup windpipe =respiration \
         suction ventilator tracheostomy trachy =winded",
    ),
    class(
        "senses-lost",
        "unconscious unresponsive faint collapse slump comatose lifeless =spark =sparko rouse wake waken respond stir \
         =conscious consciousness drowsy drift dazed groggy =blackout =coma =cold =limp =motionless =unrousable \
         =conked =flaked =keeled =crumpled =dropped =passed =zonked =floppy =vacant =glazed",
    ),
    class(
        "fits",
        "seizure fit fitting convulse convulsion epileptic epilepsy jerk twitch shake tremble spasm froth foam drool \
         rigid stiff =rolled rigor shudder thrash",
    ),
    class(
        "heart-and-brain",
        "heart cardiac angina palpitation pulse stroke aneurysm droop slur speech numb paralysis paralyse pacemaker \
         defib defibrillator aed cpr compression resuscitate heartbeat bp clot migraine headache meningitis \
         sided dizzy vertigo confuse confused confusion muddle muddled gibberish nonsense rambling disorientated \
         disoriented delirious incoherent",
    ),
    class(
        "feeling-ill",
        "ill sick unwell poorly vomit puke retch nausea nauseous dizzy faint woozy giddy fever feverish temperature hot \
         shiver clammy sweat sweaty pale grey gray ashen blue yellow mottled weak dehydrate diarrhoea cramp queasy \
         rash hives blotch welt lethargic pallid jaundice hypothermia hypothermic heatstroke sunstroke frostbite",
    ),
    class(
        "illnesses",
        "diabetic diabetes insulin sugar hypo hyper sepsis septic infection pneumonia cancer chemo chemotherapy dialysis \
         allergy allergic anaphylaxis anaphylactic epipen kidney appendicitis ulcer gallstone hernia haemophiliac \
         sickle parkinson dementia alzheimer copd bronchitis embolism thrombosis dvt malaria dengue tetanus botulism \
         meningitis transplant catheter stoma warfarin thinner leukaemia epilepsy",
    ),
    class(
        "pains",
        "pain painful ache aching agony agonising sore hurt throb cramp burning sting stabbing tight tightness crushing pressure tender writhe scream groan moan =doubled excruciating",
    ),
    class(
        "poisons-taken",
        "swallow overdose tablet pill paracetamol aspirin ibuprofen medication medicine drug heroin cocaine ketamine mdma \
         ecstasy methadone fentanyl spice cannabis weed acid mushroom toadstool berry battery magnet coin bleach \
         antifreeze detergent weedkiller laudanum morphine codeine opioid sleeper antidepressant vape dose inject \
         needle syringe capsule poison poisonous poisoned venom",
    ),
    class(
        "bites-and-stings",
        "bite sting snake adder wasp bee hornet spider jellyfish weever scorpion tick rattlesnake viper fang stinger swarm ant",
    ),
    class(
        "births",
        "pregnant pregnancy labour labor contraction waters midwife birth born crown placenta cord miscarriage trimester \
         push newborn twins antenatal caesarean breech weeks =gone =due placental",
    ),
    class(
        "despair",
        "suicide suicidal overdose hang noose jump kill =myself =herself =himself goodbye note ledge despair depressed \
         self-harm wrist hopeless end crisis psychotic psychosis paranoid voices manic mania breakdown schizophrenic \
         bipolar hallucinate mental sectioned ligature",
    ),
    class(
        "children",
        "baby infant newborn toddler child kid kiddie little nipper boy girl schoolboy schoolgirl pupil son daughter \
         grandson granddaughter teenager teen youngster bairn wean twins nursery playground school =year =month cub scout brownie",
    ),
    class(
        "the-old",
        "old elderly pensioner nan nana gran granny grandma grandmother grandad granddad grandpa grandfather pop pops \
         grandparent resident carer eighties nineties seventies frail zimmer dementia alzheimer widow",
    ),
    class(
        "relatives",
        "mum mom mam mother dad father brother sister son daughter uncle auntie aunt cousin nephew niece wife husband \
         missus hubby partner gran grandad nan baby grandson granddaughter ma pa folks twin",
    ),
    class(
        "partners",
        "ex husband wife boyfriend girlfriend partner stepdad stepfather stepmum landlord neighbour tenant housemate flatmate roommate lodger ex-husband ex-wife fella",
    ),
    class(
        "workers",
        "worker workman builder scaffolder roofer plumber electrician labourer painter welder engineer mechanic driver \
         gardener farmer farmhand operator fitter bricklayer brickie apprentice technician cleaner carpenter joiner \
         plasterer surgeon foreman docker lumberjack arborist",
    ),
    class(
        "players",
        "player rider jockey climber hiker walker runner jogger cyclist biker motorcyclist swimmer diver surfer kayaker \
         skier skater goalkeeper striker referee gymnast boxer golfer canoeist angler rambler sailor paraglider scooterist pedestrian passenger driver",
    ),
    class(
        "animals",
        "dog puppy cat kitten horse pony foal mare cow calf sheep lamb ewe goat pig hedgehog fox badger deer roe swan \
         duck goose gull pigeon owl bird rabbit hamster parrot donkey alpaca llama squirrel hen chicken tortoise ferret \
         otter seal bullock heifer stallion colt cob gelding greyhound labrador spaniel terrier collie moggy pet hound lurcher animal livestock cattle",
    ),
    class(
        "beasts",
        "bull bullock boar dog rottweiler pitbull staffie staffy mastiff alsatian shepherd akita xl bully lion tiger \
         puma panther wolf bear crocodile alligator python boa escaped emu ostrich rhea stag loose snarl growl savage maul gore charge",
    ),
];
