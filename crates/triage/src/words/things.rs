//! Things, vehicles, buildings, water, substances.

use super::{Class, class};

pub(crate) const CLASSES: &[Class] = &[
    class(
        "building",
        "house home flat apartment building block kitchen bedroom bathroom lounge loft attic basement garage shed barn \
         factory warehouse school shop store pub restaurant hotel office church hall hallway landing corridor stairwell \
         caravan tent bungalow cottage cabin cellar greenhouse conservatory stable hut tower nursery college library \
         takeaway bakery bar club workshop outhouse summerhouse porch room floor property premises unit lobby \
         supermarket hospital cinema theatre mall terrace maisonette mosque temple marquee farm dorm hostel villa condo trailer",
    ),
    class(
        "burnable",
        "house flat building kitchen bedroom garage shed barn factory warehouse roof attic loft basement caravan tent boat \
         van car lorry truck bus train bin skip dumpster hedge field grass woods forest tree fence sofa bed mattress \
         curtain carpet toaster oven cooker hob microwave pan fryer dryer dishwasher fridge freezer telly tv laptop phone \
         charger battery scooter boiler socket plug fusebox fuse meter outhouse summerhouse greenhouse conservatory porch \
         decking gown clothes dress shirt sleeve hair towel duvet blanket cushion chimney thatch heather moor rubbish \
         pallet tyre haystack straw hay motorbike moped bike pile bench washing machine grill barbecue bbq heater candle \
         tumble stove hoover iron kettle lamp light unit appliance generator engine bonnet hood exhaust wheelie container \
         recycling compost heap couch tree bush gorse crop stubble wall ceiling panel extractor cable wire wiring \
         transformer substation pylon pole trailer bakery shop pub playground settee chair blind rug wardrobe",
    ),
    class(
        "structure",
        "scaffold scaffolding building wall ceiling roof crane trench tunnel floor stand balcony marquee chimney bridge \
         house garage tower staircase stair shelf shelving racking gable platform pier dam excavation mine embankment \
         cliff grandstand stage hoarding scaff shed barn lift canopy conservatory decking extension",
    ),
    class(
        "high",
        "roof rooftop ledge crane scaffold scaffolding tree cliff pylon chimney tower railing parapet bridge footbridge \
         viaduct balcony mast gutter ladder rock rockface steeple silo windowsill sill flyover overpass multistorey \
         turret wall platform billboard gantry window face quarry crag mountain turbine lamppost aerial girder rail",
    ),
    class(
        "drop",
        "roof ladder scaffold scaffolding balcony cliff tree window bridge wall crane loft attic stair staircase horse bike quad swing trampoline escalator bunk platform height storey floor ledge gantry rooftop embankment building",
    ),
    class(
        "hole",
        "well shaft mineshaft hole manhole sewer pit trench ravine gully crevasse crevice sinkhole cesspit silo quarry gorge slurry chute borehole cave pothole ditch",
    ),
    class(
        "water",
        "river sea lake canal pond reservoir pool water stream creek harbour dock weir surf tide marina bay loch ocean estuary beck brook moat lagoon quarry ford rapids dam inlet swamp mud quicksand mudflat dyke dike bog marsh slipway pier",
    ),
    class(
        "deep",
        "river sea lake canal pond reservoir harbour dock weir surf loch ocean estuary lagoon rapids stream creek moat pool dyke dike beck brook",
    ),
    class(
        "vehicle",
        "car van lorry truck bus coach motorbike motorcycle moped bike bicycle taxi cab minibus tractor suv pickup semi tanker jeep vehicle ambulance hgv trailer quad scooter motor artic juggernaut rickshaw auto tram train caravan forklift jcb digger estate hatchback saloon uber bmw audi transit corsa",
    ),
    class(
        "motor",
        "car van lorry truck bus coach taxi cab minibus tractor suv pickup semi tanker vehicle hgv motor artic train tram jeep forklift digger tube metro minicab rickshaw auto motorbike moped",
    ),
    class(
        "heavy",
        "rubble debris car van lorry bus truck train tram wall tree tractor scaffold scaffolding machine forklift horse quad beam girder wardrobe digger log branch pallet load crane vehicle rock boulder masonry concrete snow bike fridge piano gate wheel",
    ),
    class(
        "machine",
        "machine machinery press mincer conveyor blade grinder lathe baler mower escalator saw shredder auger roller mixer gate door shutter winch harvester belt gear cog tumble drum",
    ),
    class(
        "narrow",
        "railing banister bars gate toy ring pipe drain fence chair bucket pot toilet seat potty vase bollard tin can jar letterbox drain grate crack gap culvert turnstile cot crib slide swing catflap skip hole",
    ),
    class("lift", "=lift =lifts elevator"),
    class("fuel", "petrol diesel kerosene gasoline paraffin fuel oil petroleum =gas accelerant turps lpg"),
    class("accelerant", "petrol diesel kerosene gasoline paraffin fuel accelerant turps spirits"),
    class(
        "leak",
        "leak spill drip pour gush split seep burst trickle spray escape pump spew spurt flow run pool flood dump lose leaking",
    ),
    class(
        "chemical",
        "chemical acid ammonia chlorine toxic corrosive pesticide radioactive asbestos mercury sulphuric hydrochloric caustic solvent herbicide weedkiller cyanide hazmat biohazard radiation bleach formaldehyde nitric",
    ),
    class(
        "cleaner",
        "bleach product chemical cleaner detergent ammonia vinegar acid descaler liquid cleaning unblocker disinfectant pool",
    ),
    class(
        "hazard",
        "skull hazard fizz hiss fume vapour leak bubble smoke toxic corrosive flammable placard spill label smell",
    ),
    class("colour", "green yellow white orange blue purple brown weird strange funny acrid horrible chemical"),
    class(
        "tablet",
        "tablet pill paracetamol tramadol codeine ibuprofen aspirin medication insulin capsule painkiller medicine antidepressant morphine heroin fentanyl ketamine cocaine methadone xanax valium drug mdma ecstasy sleeping methamphetamine spice meds oxycodone",
    ),
    class(
        "poison",
        "bleach battery magnet mushroom berry poison antifreeze weedkiller detergent pod cleaner screenwash rat slug plant laburnum foxglove turps drain acid petrol",
    ),
    class(
        "weapon",
        "knife gun machete sword axe pistol rifle shotgun firearm crossbow crowbar grenade hammer bat blade cleaver screwdriver dagger handgun revolver razor hatchet taser truncheon baton weapon bb airgun chainsaw pitchfork scissors shears spanner saw",
    ),
    class(
        "blade",
        "knife machete sword cleaver dagger blade gun pistol rifle shotgun firearm handgun revolver crossbow axe hatchet weapon scissors shears",
    ),
    class(
        "bag",
        "bag holdall suitcase rucksack backpack package parcel box briefcase device case luggage item envelope canister object pack duffel tin",
    ),
    class(
        "loot",
        "phone wallet purse bag handbag bike car key money cash laptop jewellery watch necklace motorbike moped van till lead catalytic tool parcel rucksack card ipad chain ring scooter handset ebike medal copper trailer stock trainers coat telly tv",
    ),
    class(
        "pane",
        "window windscreen windshield glass door car shop front shelter mirror headlight van bus phonebox gravestone house",
    ),
    class(
        "object",
        "tree branch wardrobe debris mattress pallet sofa fridge ladder tyre pipe brick rock boulder load log sign cone barrier furniture wood timber sheet drum barrel container crate trampoline bin skip trolley table plank hay bale gravel glass box exhaust bumper signpost lamppost pole cable wire carpet engine roll washing machine sheeting freezer mower spill diesel oil",
    ),
    class(
        "road",
        "road motorway carriageway lane highway roundabout junction bypass street dual slip blacktop tarmac interstate freeway expressway turnpike flyover bridge crossing tracks track =m25 tunnel bend verge a-road traffic",
    ),
    class(
        "wild",
        "snake python cobra boa alligator gator crocodile bear lion tiger wolf puma leopard panther cougar boar scorpion monkey tarantula moose",
    ),
    class("clothing", "gown clothes dress shirt sleeve hair jumper nightie jacket trousers coat apron scarf pyjamas"),
];
