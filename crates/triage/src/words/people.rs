//! People, animals and bodies.

use super::{Class, class};

pub(crate) const CLASSES: &[Class] = &[
    class(
        "person",
        "i me we us he him she her they them you someone somebody anyone anybody person man woman lady guy bloke lad boy \
         girl kid child baby toddler infant newborn son daughter brother bro sister sis mum mom mam mummy mommy mother dad \
         daddy father nan nana gran granny grandma grandmother grandad grandpa grandfather uncle auntie aunt cousin \
         nephew niece husband wife partner boyfriend girlfriend fiance friend mate neighbour colleague coworker workmate classmate teammate boss worker \
         workman employee staff driver passenger pedestrian cyclist biker motorcyclist rider climber hiker walker runner \
         jogger swimmer kayaker surfer paddleboarder paddler canoeist sailor windsurfer kitesurfer fisherman angler roofer builder scaffolder plumber \
         electrician labourer painter student pupil teacher patient resident tenant carer nurse doctor guard officer \
         customer shopper stranger victim casualty family teen teenager youth elderly pensioner gentleman fella chap \
         dude couple crew skater scooterist caretaker warden farmer tourist visitor guest cleaner engineer apprentice \
         ex everyone everybody human homeless somebody twin parent foreman technician welder diver lodger flatmate roommate \
         housemate missus hubby spouse nanna gramps pops bairn wean tot nipper youngster schoolboy schoolgirl adult male female \
         commuter motorist trucker rambler picnicker camper canoeist windsurfer deckhand sailor carpenter speaker postwoman postie lollipop \
         in-law grandparent granddad stepmum stepmother stepfather stepdaughter godson lifeguard referee player jockey waiter chef waitress barman cashier \
         bouncer butcher farmhand gardener joiner mechanic cabbie granddaughter grandson grandchild inlaw stepson stepdad babysitter cop soldier postman courier",
    ),
    class(
        "other",
        "he she they someone somebody geezer scrote thug crook male individual fellow bouncer stag punter foreman landlord stepdad squatter man woman bloke guy lad boy girl kid ex husband boyfriend neighbour partner youth \
         teenager teen gang people person stranger group masked thug fella dude chap wife girlfriend customer son brother \
         dad father driver passenger drunk mob crowd him them men addict junkie burglar robber intruder yob student fan",
    ),
    class(
        "culprit",
        "kid lad youth teenager teen boy gang vandal someone somebody yob joyrider man bloke guy neighbour ex they he she hooligan \
         student arsonist tenant child people person",
    ),
    class(
        "frail",
        "baby toddler infant newborn child kid old elderly pensioner nan nana gran granny grandma grandmother grandad \
         grandpa grandfather disabled wheelchair bedbound bedridden pregnant blind deaf frail housebound disability immobile",
    ),
    class(
        "vulnerable",
        "dementia alzheimer confused vulnerable autistic suicidal depressed elderly baby toddler child kid son daughter boy \
         girl old year mum dad mother father nan gran grandad grandma grandmother grandfather husband wife brother sister \
         patient teenager resident hiker nephew niece uncle aunt grandson granddaughter woman man lady pupil friend",
    ),
    class(
        "kin",
        "mum mom mother dad father nan gran grandad grandma grandmother grandfather husband wife brother sister son \
         daughter child boy girl toddler nephew niece uncle aunt grandson granddaughter patient resident",
    ),
    class(
        "pet",
        "dog puppy cat kitten horse pony foal cow sheep lamb deer pig goat rabbit hamster parrot bird swan duck duckling seagull heifer chick cygnet gosling piglet cockatoo cockerel hen chicken jackdaw crow magpie bat hare stoat otter snake lizard iguana guinea gerbil chinchilla pup mutt moggy \
         spaniel labrador lab terrier collie retriever poodle greyhound whippet calf bull donkey pet animal hedgehog fox \
         badger gull pigeon owl goose alpaca llama budgie tortoise ferret kitty doggy pup staffie beagle bulldog \
         rottweiler husky hound heifer bullock ewe ram seal squirrel mare stallion",
    ),
    class(
        "beast",
        "dog bull cow python rottweiler pitbull staffie mastiff alsatian horse boar monkey bear lion tiger wolf \
         crocodile alligator bullock swan stallion hound puma leopard cougar coyote elephant leopard ostrich emu pack",
    ),
    class(
        "roaming",
        "dog horse pony cow sheep deer pig goat swan duck bull bullock calf donkey animal cattle herd goose moose elk \
         kangaroo alpaca emu elephant camel buffalo heifer lamb foal livestock geese",
    ),
    class(
        "body",
        "head face neck arm leg hand finger foot ankle wrist knee hip shoulder chest stomach belly tummy eye nose \
         mouth jaw lip ear skull rib thigh shin elbow toe thumb scalp forehead throat tongue spine skin groin abdomen \
         pelvis collarbone calf temple palm hair limb toenail fingernail eyebrow cheek chin nail bone shoulder side torso gut body leg",
    ),
    class(
        "bone",
        "arm leg hand finger foot ankle wrist knee hip shoulder jaw nose rib collarbone pelvis neck skull bone thumb toe elbow femur tibia spine shin limb thigh",
    ),
    class("limb", "arm leg hand finger foot ankle wrist thumb hair sleeve limb toe head"),
    class("pronoun", "i he she they we you it there this that who"),
];
