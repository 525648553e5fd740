//! Fire, smoke, heat; gases, chemicals and fuel; heights, holes, water and weights.

use crate::words::{Class, class};

pub(super) const WORDS: Class = class(
    "of-fire",
    "fire lit light lighted flame blaze burn alight ablaze aflame inferno smoke smoking smoulder smolder smoky soot ash ember cinder spark \
     sparking arcing singe scorch char charred melt glow glowing flicker flaming flare ignite ignition kindle combust torch \
     torched arson petrol match lighter candle bonfire barbecue wildfire bushfire gorse heath heather bracken peat thatch \
     chimney flue hearth grate stove burner furnace kiln boiler heater radiator immersion hob oven grill toaster fryer wok \
     kettle microwave dryer drier dishwasher charger socket plug fuse fusebox consumer wiring cable electrics \
     electrical electric electricity transformer substation pylon overhead generator battery overheat overheating haze \
     acrid fumes fume vapour alarm detector sprinkler extinguisher hose firework rocket bang explode explosion blast detonate \
     boom gas propane butane methane lpg calor cylinder canister valve meter leak leaking hiss whistle venting sulphur egg \
     monoxide carbon detector chlorine ammonia acid bleach caustic solvent thinner thinners toluene acetone peroxide chemical \
     chemicals corrosive toxic hazardous hazard radioactive mercury pesticide weedkiller substance powder cloud mix mixed product drum barrel tanker \
     vat spill spillage slick diesel kerosene paraffin fuel oil spirit stink smell stench whiff reek pong odour stripper \
     stuck trap trapped jam jammed wedge wedged pinned pin lodged lodge tangle tangled entangle snag caught catch free release \
     rescue cut ladder ledge shelf roof rooftop gutter parapet scaffold scaffolding crane jib pylon mast tower steeple tree cliff crag \
     quarry mountain ravine gorge gully cave mine shaft well hole pit trench sewer drain manhole silo slurry grain tank \
     culvert treetop treetops basket swaying cragfast crag lift elevator escalator paternoster cradle winch baler auger machine conveyor press roller mixer blades blender \
     railings gate fence head banister banisters bars letterbox grille grid grate filter bollard turnstile handcuff ring bucket netting net \
     rope harness dangle dangling hang hanging abseil climb climber climbing paraglider parachute glider balloon river sea dyke dike ditch pool lake canal pond reservoir \
     weir dock harbour estuary sandbank mudflat mud bog quicksand tide current surf wave waves rapids ice swim swimmer drown drowning \
     sink sinking capsize adrift afloat float dinghy canoe kayak boat yacht raft lilo paddleboard windsurfer surfer jetski \
     overboard submerged swept flood flooding flooded floodwater burst cascade cascading pour collapse collapsed collapsing \
     cave rubble masonry plaster joist beam girder debris landslide avalanche sinkhole subside crumble topple buried bury crush \
     crushed squash flatten flattened overturn overturned upside roll rolled wreck wreckage inside firefighter brigade locked bolted bolt lock \
     stranded marooned railing footbridge bridge edge ledge jump height underneath beneath under rubber floorboards cellar",
);
