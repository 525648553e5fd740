//! Words of addresses and of named places. Lower case.

/// What a street's name ends with.
pub(crate) const STREET_TYPES: &str = "alley approach av ave avenue bagh bank bazaar blvd boulevard bridge broadway brow buildings bypass causeway chase chowk \
     cir circle cl clo cloisters close colony common copse corner cottage cottages court cres crescent croft cross \
     crossing crt ct dale dell dene dr drift drive drove drv embankment enclave end esplanade estate expressway \
     extension field fields flats flyover freehold freeway gali garden gardens garth gate gdn gdns ginnel glade glen \
     gr green grove hatch heath heights highway hill hollow hwy lane layout ln loop marg mead meadow meadows mews \
     mohalla motorway mount nagar nook orchard parade park parkway passage path pde peth phase pike pkwy pl place \
     platz plaza point promenade puram quay rd reach ride ridge ring rise road roundabout row rue salai sector side \
     spinney springs sq square st str strand strasse straße street ter terr terrace towers track trail trl turnpike \
     underpass vale valley viaduct view vihar villas wadi walk way weg wharf wood woods wynd yard";

/// Nouns that make the capitalised words before them the name of a place.
pub(crate) const PLACE_NOUNS: &str = "estuary marshes marsh arches locks cliff dunes tor beacon crags crag fen fens exchange towpath footpath bridleway showground racecourse bandstand zoo circus fairground layby monastery priory grange vicarage rectory manor orchard nursery vineyard brewery dairy sawmill kennels pavilion velodrome observatory windmill lighthouse boathouse clinic dentist vets garage campus faculty laboratory embassy consulate courthouse townhouse bungalow villa gorge ravine glen falls rocks mountain peak loch spinney juniors infants surgery arcade ferry jetty slipway boathouse clubhouse pavilion courthouse abbey academy aerodrome airport allotment allotments almshouses apartment apartments arena arms bakery bank bar \
     barbers barn barracks baths bay beach bookmakers brewery bridge brook bus cafe café campsite campus canal \
     caravan carpark castle cathedral cemetery center centre chapel chemist church churchyard cinema cliffs clinic \
     club college common cottages course court cove creek crematorium crossing crossroads dam depot diner dock docks \
     downs estate factory falls farm fc field fields flyover footbridge ford forest fort gallery garage gardens green \
     ground guesthouse gurdwara gym hall halt harbor harbour head heath heights hill home hospice hospital hostel \
     hotel house infirmary inn interchange island junction lake launderette laundromat library lido lock lodge lofts \
     mall mandir manor mansions marina market masjid meadow meadows metro mill moor mosque motel mount multistorey \
     museum nightclub nursery office offices palace parade park parkway pharmacy pier pitch plant playground plaza \
     point pond pool post precinct primary prison pub quarry quay ranch rec reservoir residences residency restaurant \
     rink river roundabout salon sands school services shop showroom shrine square stables stadium station store \
     stores studios supermarket surgery synagogue takeaway tavern temple terminal theatre tower towers town track \
     tram tunnel underpass university valley viaduct village ward warehouse weir wharf wing wood woods works yard";

/// Words that stand before a place noun without naming it.
pub(crate) const GENERIC: &str = "ambulance betting bike boarding bus business car caravan care charity city coach community corner council \
     cricket day dual fire foot football garden gas general golf health high holiday industrial infant junior leisure \
     level local main medical metro multi nursing pedestrian petrol police post power primary public pumping railway \
     recreation retail retirement rugby secondary service shopping skate social sports storey student swimming tennis \
     town trading train tram tube underground village water zebra";

/// What stands before a name and makes it the name of a place.
pub(crate) const NAME_HEADS: &str = "bar bistro cafe café camp casa chez club college fort hmp hostel hotel isle lake loch mount nightclub pizzeria \
     platform plaza port pub restaurant river university villa";

/// Spots that a number or letter singles out: `platform 3`.
pub(crate) const NUMBERED_SPOTS: &str =
    "bay berth entrance exit gate level pier pitch platform stand stop terminal ward zone";

/// Spots that a number finds by itself: `junction 9`.
pub(crate) const NUMBERED_PLACES: &str = "bridge exit gate jct junction lock platform";

/// What stands before the number of a part of a building.
pub(crate) const UNITS: &str = "platform gate terminal ward pitch apartment apt bldg block building bungalow cabin caravan chalet door dorm flat floor h house lot maisonette \
     office plot quarter room shop studio suite tower trailer unit villa wing";

/// Prepositions that stand before places.
pub(crate) const PREPOSITIONS: &str = "across along around at behind beneath beside by down from in inside into near off on onto opposite outside over \
     past round through to towards under up";

/// Points of the compass, as they stand behind a street's name or in front of it.
pub(crate) const DIRECTIONS: &str = "e east lower n ne north nw s se south sw upper w west";

/// Capitalised words that are no names: what sentences begin with, days, people's titles, services, cries.
pub(crate) const NOT_NAMES: &str = "a about across actually african after afternoon again ai all along already alsatian also am amazon ambulance an \
     and another any anyone anyway anywhere april are around as asian assistant at audi august auntie basically be \
     because been before behind being beside between big black blue bmw both but by call caller calling can can't \
     cancel car cars cat cctv charger christ christmas come copd corner correction corsa could covid cpr dad december \
     deliveroo did disregard do doctor does dog don't done down driver during each easter emergency english evening \
     every everybody everybody's everyone everyone's everything ex facebook facetime february feels ffs fiesta fire \
     five flames for ford found four french friday from gas german get go god going golf good google got gp gran \
     grandad grandma green grey had halloween hang has have having he he's heard hello help help! her here hey hi him \
     his hiv hold honda how huge hurry i i'd i'll i'm i've id if ignore in indian inside instagram insulin into \
     ironic is isn't it it's its january jesus july june just kids labrador last left let let's like loads lol look \
     looking looks lots madam make man march maybe me men mercedes mine mom monday morning mr mrs ms mum my nan near \
     need neighbour neighbours netflix never new next no nobody nobody's none not note nothing november now nurse \
     october of off oh ok okay old omg on once one only operator opposite or other our out outside over override \
     paracetamol paramedic paramedics people phoning please pls plz police polish possible quick quickly really red \
     report reporting right ring ringing rottweiler saturday saw see send september she she's should since sir six \
     small smell smoke snapchat so some somebody somebody's someone someone's something somewhere sorry sounds \
     speaking staffie still stop sunday suspect suspected system tell tesla thank thanks that that's the their them \
     then there there's theres these they they're they've thing this those three through thursday tiktok to today \
     tomorrow tonight too toyota transit trying tuesday tv two uber uh uk um uncle under until up update urgent us \
     usa vauxhall very volvo wait want was we we'd we're we've wednesday well were what what's whatsapp when where \
     which while white who who's whose why wifi will with woman women won't would wtf ww2 yeah yellow yes yesterday \
     you you're young your youtube";

/// No names by themselves, but parts of names before a street type or a place noun.
pub(crate) const NAMES_INSIDE: &str = "ambulance april around asian august big black blue bus car cat christ christmas corner dog english fire five \
     ford four french friday gas german god golf good green grey high hill indian jesus june king left lower may new \
     next old over police polish queen red right ring saint six small smoke sunday three transit two uncle under \
     upper well white yellow";

/// Words before a street type that name no street.
pub(crate) const PLAIN_BEFORE_STREETS: &str = "accident are back beer big bikes bin bins bleeding blocking bottom boys broken burning bus busy came car caravan \
     cars come country cows crash crashed cycle dark dead dirt dogs drive driver drivers drunk dual empty end fast \
     feet fell few fire first flat flats floor foot football front gave girls give going gone half hand hard head \
     here hit horses hospital hours hurt ice injured inside kids lads left link little local long loose lorries lying \
     made main make man many men metres middle miles minutes months multi narrow nearside next number offside \
     opposite our own people play playing police private public quiet right ring running same school second several \
     side single skate slip slow smoke someone storey stuck theme there third this took top trailer train trapped \
     tree vans walking water went wet whole woman women wrong year years";
