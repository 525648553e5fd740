//! Fields of things and places: fire and its fuel, substances, machines, water, heights, roads.

use crate::words::{Class, class};

pub(super) const FIELDS: &[Class] = &[
    class(
        "flames",
        "fire flame blaze burn alight ablaze inferno ignite lit kindle torch torched spark ember cinder glow smoulder \
         smolder bonfire wildfire flicker flare flaring char scorch singe =caught =catching =lighting orange whoosh \
         whoomph crackle roar =flaming =burning =blazing",
    ),
    class(
        "smoke",
        "smoke smoky smoking smoulder smolder fume haze soot acrid sooty vapour vapor steam =steaming plume billow =smouldering singeing",
    ),
    class(
        "what-burns",
        "hay straw bale stubble gorse heather heath thatch grass hedge moor woodland forest peat bin skip rubbish pallet \
         tyre tire sofa mattress duvet curtain carpet cushion blanket nightie decking fence shed barn garage caravan \
         tent marquee stack timber sawdust cardboard loft attic chimney thatched conifer bracken undergrowth compost \
         awning gazebo bookcase rug wardrobe settee playground bedding",
    ),
    class(
        "cookers",
        "oven hob cooker grill fryer pan wok range toaster kettle microwave barbecue bbq chip fat oil grease stove burner \
         extractor hood ducting canopy tandoor deep-fat airfryer griddle rotisserie",
    ),
    class(
        "electrics",
        "socket plug fuse fusebox consumer board wiring wire cable electric electrical electrics electricity mains meter \
         transformer substation pylon generator battery charger inverter panel solar heater boiler immersion radiator \
         dryer drier dishwasher freezer fridge telly tv laptop scooter hoverboard vape lamp bulb light overhead arcing \
         spark fizz buzz hum lint dehumidifier",
    ),
    class("alarms", "alarm detector sprinkler panel siren monoxide beeping beep chirp sounding klaxon smoke-alarm"),
    class(
        "gases",
        "gas propane butane lpg calor cylinder canister monoxide methane hiss hissing whistle regulator valve bottle \
         eggs sulphur odour main meter helium nitrogen =co argon acetylene refrigerant",
    ),
    class(
        "chemicals",
        "chemical chlorine ammonia acid bleach caustic solvent thinner thinners stripper peroxide pesticide weedkiller \
         mercury cyanide toxic corrosive hazardous radioactive fertiliser slurry acetone toluene turpentine hypo vat \
         drum barrel tanker powder descaler sodium lye resin fume formaldehyde phosphorus hydrochloric sulphuric nitric",
    ),
    class(
        "fuels",
        "petrol diesel fuel kerosene paraffin gasoline spirit oil lpg accelerant jerrycan forecourt pump tanker slick siphon gas lighter-fluid fluid avgas",
    ),
    class(
        "leaks",
        "leak spill drip pour gush seep burst spew spurt spray escape split vent puddle pool slick flow ooze rupture puncture",
    ),
    class(
        "blasts",
        "explode explosion blast bang boom detonate blow bomb shell grenade mortar firework rocket banger pop =blew =blown whoosh rumble",
    ),
    class(
        "stuck",
        "stuck trap trapped jam jammed wedge wedged pin pinned lodge lodged caught snag tangle tangled entangle clamp \
         clamped bury buried stranded marooned cut-off locked bolted budge free release shift extricate prise =round =inside =between",
    ),
    class(
        "weights",
        "rubble debris masonry plaster joist beam girder scaffold ceiling wall roof slab boulder log tree branch trunk \
         pallet load crate soil earth trench sand grain wardrobe bookcase piano lorry van car tractor digger forklift \
         quad jack axle wheel wagon steamroller container bale shelving racking concrete steel brick",
    ),
    class(
        "machines",
        "machine press mincer conveyor grinder lathe baler mower auger roller mixer gate shutter winch harvester belt \
         gear cog drum saw bandsaw chainsaw drill blade blender escalator shredder guillotine mangle plough forklift \
         crane digger excavator dumper bucket combine thresher mincing stairlift chipper hopper",
    ),
    class("lifts", "lift elevator escalator dumbwaiter cradle gondola cable-car hoist stairlift funicular"),
    class(
        "heights",
        "roof rooftop ledge crane scaffold scaffolding tree cliff crag pylon chimney tower parapet bridge viaduct balcony \
         mast ladder steeple silo flyover multistorey turret gantry billboard quarry mountain turbine lamppost floor storey \
         oak railing barrier cradle treetop zipwire aerial harness dangle cling abseil height high top up upstairs gutter",
    ),
    class(
        "drops",
        "fall fell fallen drop plunge topple tumble slip trip jump leap come-off stumble tip slide slid thrown bucked =off =down =over",
    ),
    class(
        "holes",
        "hole well shaft mineshaft manhole sewer pit trench ravine gully crevasse sinkhole cesspit silo gorge borehole cave culvert drain drainpipe pipe cavity chimney flue duct tank slurry cellar vault",
    ),
    class(
        "waters",
        "river sea lake canal pond reservoir weir harbour harbor dock estuary lagoon loch beck brook stream creek surf tide \
         marina quay slipway pier dyke ditch moat mudflat mud quicksand ice beach cove bay lock pool ocean current wave \
         rapids rip swell shore tideline lido sandbank causeway",
    ),
    class(
        "in-water",
        "drown swim swimmer float afloat sink sank capsize overboard submerge surface swept wash washed adrift cling \
         lifejacket lifeguard face-down underwater paddle wade dive dived bob splash =under undertow current",
    ),
    class(
        "boats",
        "boat dinghy canoe kayak paddleboard yacht raft lilo inflatable ferry barge narrowboat trawler rib jetski surfboard windsurfer catamaran ship tender buoy mooring hull",
    ),
    class(
        "floods",
        "flood flooding floodwater rising burst torrent bank basement sandbag waist-deep cascade downpour dam main",
    ),
    class(
        "falls-in",
        "collapse cave subside crumble topple lean crack landslide landslip sinkhole give gave given rubble bulge =fallen =caved =collapsed =sagging",
    ),
    class(
        "rooms",
        "house home flat apartment bungalow kitchen bedroom bathroom lounge hallway stairs stairwell landing loft attic \
         basement cellar garage shed floor upstairs downstairs ceiling door window balcony porch conservatory block hostel",
    ),
    class(
        "vehicles",
        "car van lorry truck bus coach minibus taxi cab motorbike motorcycle moped bike bicycle scooter tractor tram train \
         hgv artic tanker pickup trailer quad wagon hatchback estate saloon jeep suv transit caravan horsebox e-scooter \
         plane helicopter glider ambulance rickshaw auto tempo",
    ),
    class(
        "crashes",
        "crash collide collision hit smash plough overturn rollover roll flip jackknife shunt rear-end prang skid swerve \
         ram rammed knock mow clip pile-up pileup wreck bonnet windscreen airbag bumper wrap t-bone sideswipe reverse =reversed write-off",
    ),
    class(
        "roads",
        "road motorway carriageway lane bypass junction roundabout slip-road bend verge kerb pavement traffic crossing \
         zebra lights hard-shoulder bridge flyover tunnel highway interstate freeway central reservation street tracks rails railway level",
    ),
    class(
        "on-the-road",
        "debris ladder mattress pallet gravel load tree branch sign lights sofa brick shed spill slick swerve weave brake \
         dodge jink skid wrong-way racing doughnut speeding loose horse cow cattle sheep pig obstruct block carriageway \
         manhole =lit doing drift",
    ),
    class(
        "stuck-in",
        "railings banister bars letterbox grate grille turnstile bollard swing highchair bucket saucepan vase ring toy potty bath tap toilet drainpipe pipe fence net netting cattle-grid vending bin slide chair cot handcuffs",
    ),
    class(
        "cold-and-heat",
        "snow ice icy frost freezing cold heat heatwave hot blizzard storm lightning wind gale hypothermia soaked wet shiver",
    ),
];
