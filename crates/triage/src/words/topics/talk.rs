//! What people ring for when nothing is wrong: questions, complaints, praise, wrong numbers; and orders to a machine.

use crate::fact::Fact;
use crate::words::{Rule, strong};

pub(super) const RULES: &[Rule] = &[
    strong(
        "a question about something in general",
        Fact::NotUrgent,
        &[
            "what is|are =the ~2 way|price|cost|fine|number|time|law|rule|rules|penalty|charge|procedure|deadline|difference|limit|point|best|chance|chances|address|email|process|policy|fee|phone",
            "what|which|how|why time|number|day|long|much|many|come|old|often ~6 do|does|is|are|should|would|can|will|cost|open|shut|close|start",
            "why do|does|is|are|have|did",
            "how do|does|can|would|should|could|to ~6",
            "is|are|was it|there|that|this ~2 legal|illegal|allowed|safe|true|possible|normal|still|ok|okay|worth|against|crime|offence",
            "do|does you|they|anyone|your ~2 know|have|sell|do|offer|run|take|need|recommend|accept|hire|give|collect|provide|still",
            "could|can|would|will you ~2 tell|give|let|put|advise|explain|recommend|confirm|remind",
            "can|could|may i ~3 claim|ask|book|get|have|renew|change|pay|apply|visit|speak|bring|park|burn|report|still|borrow|keep",
            "did ~1 =not there|it|you ~3",
            "want|like|love|wondering|wonder|looking ~2 know|ask|find|say|complain|compliment|enquire|inquire|apply|thank|book|grumble|moan|praise|volunteer|donate|join|speak|query|discuss|feedback|if|whether|become",
            "asking|writing|research|project|novel|essay|coursework|homework ~2 for|about|a|my|on",
            "just|only ~1 wondering|curious|enquiring|asking|checking|practising|testing",
            "wants|want|hopes|dreams ~1 =to =be",
            "thinking ~1 =of buying|moving|joining|selling|renting|getting",
            "for|need|want ~2 =my|=the|=our solicitor|insurance|insurers|lawyer|records|landlord|files|tax",
            "used to be",
            "kid|school ~1 project|homework|assembly",
            "still ~2 =going =ahead|=on",
            "opening|visiting hour|times",
            "worth ~1 claiming|reporting|ringing|doing|it",
            "what ~1 should|do|can i|we ~2 about|with|if|wear|say|claim|pay",
            "ring|ringing|call|calling|phone|phoning|rang ~2 =to ~2 see|ask|check|find|enquire|query|confirm|cancel|book|change|move|rearrange|thank",
        ],
    ),
    strong(
        "a grievance or praise",
        Fact::NotUrgent,
        &[
            "complain|grumble|moan|whinge|gripe|grievance|complaint|compliment|praise|congratulate|commend|feedback|petition|suggestion|refund|reimburse",
            "doing|does|do|drive|driving|getting =my|=our|=me head|nut|nerves|tree ~1 =in",
            "bin|bins|recycling|rubbish|refuse ~5 miss|missed|collect|collected|empty|emptied|overflow|late",
            "drum|drums|trumpet|piano|guitar|karaoke|stereo|radio|music|strimmer|mower|cockerel|wind|chimes|party ~5 play|playing|loud|noise|since|all|hours|night|morning|noon|midnight",
            "neighbour|door ~5 play|playing|practising|singing ~3 music|drum|drums|piano|guitar|trumpet|records",
            "parking|price|prices|rent|tax|bill|queue|potholes|wages|fares|fees ~4",
            "tap|toilet|boiler|heating|gutter|roof|shower|sink|washing|radiator ~3 drip|dripping|leak|broken|cold|blocked|serviced ~1 !smoke|fumes|gas|carbon",
            "happy anniversary|birthday|christmas",
            "tickets|raffle|sponsor|fundraiser|charity|tours|visit|visits ~3 for|of|station|ball|sell|buy|do",
            "quit|left|lost|handed ~2 job|notice|work ~2 today|yesterday|in",
            "good|lovely|brilliant|kind|excellent ~2 officer|officers|crew|paramedics|lads|firemen",
            "my|our grumble|moan",
            "keyed|dented|scratched|nicked|broken ~6 spring|summer|winter|autumn|january|february|march|april|may|june|july|august|september|october|november|december|ages|year|years|months|weeks",
        ],
    ),
    strong(
        "dialled without need",
        Fact::NotUrgent,
        &[
            "pocket|bum|butt|mistake|accident|wrong|error ~2 dial|dialled|call|called|press|pressed|rang|ring|number|button|you",
            "dial|dialled|call|called|press|pressed|rang|ring|set|sat|triggered|hit|knocked ~7 mistake|accident|accidentally|error|wrong",
            "sos button|by",
            "sorry|apologies ~3 bother|trouble|waste|disturb|ring|wasting ~1 you",
            "all|everyone|everything|we ~2 =good|=fine|=ok|=okay|=well|=sorted ~1 =here|=now|=thanks|=thank",
            "wrong number",
            "sorry ~2 pocket|wrong",
            "thought ~2 =was|=were ~2 taxi|dentist|bank|surgery|mum|firm|shop|takeaway|vet|library",
        ],
    ),
    // Called off: what was said before it is over, even where somebody had been ill.
    strong(
        CALLED_OFF,
        Fact::Resolved,
        &[
            "false alarm",
            "sorted|sort ~1 =it|=itself|=out",
            "nothing ~1 =to see|report|worry",
            "no need =for ~1 anybody|anyone|you|police|ambulance|fire|help|crew",
            "nobody|nobody|none need|needed|needs ~1 =to =come|=now",
            "not need|require ~2 anybody|anyone|you|help ~2 =now|=any|=after|=thanks|=anymore",
            "stand down =please|=thanks|=thank",
            "running|up|laughing|playing|eating ~2 =about|=around ~1 =again|=now|=normal|=happily",
            "be|just|only ~1 =just =steam|=toast|=dust|=mist|=fog|=a ~1 =joke|=drill|=test|=prank|=dream",
        ],
    ),
    strong(
        "orders to a machine",
        Fact::Order,
        &[
            "be|have ~1 reconfigured|reprogrammed|reset|rebooted|updated|jailbroken|retrained|overridden",
            "new|following|these|updated|your|hidden|secret|initial|system|above|prior|previous|all|earlier|my instruction|instructions|prompt|directive|directives|rules ~2",
            "stop|halt|cease|suspend|pause|cancel|abort|disable|terminate ~1 =all|=every|=any ~2 dispatch|dispatching|dispatches|operation|operations|service|services|unit|units|response|responses|call|calls",
            "hereby|authorise|authorize|authorised|authorized ~3 delete|deletion|cancel|closure|close|release|stand|wipe|reset|you",
            "delete|deletion|wipe|erase|purge|truncate|drop ~3 incident|incidents|log|logs|record|records|database|table|history|every",
            "admin|administrator|root|sudo|developer|operator|system ~2 password|access|mode|override|prompt|privileges|command|credentials|key",
            "as ~2 chief|commander|director|administrator|admin|supervisor|developer|manager|controller ~3 =i order|authorise|hereby|command|instruct|demand|tell",
            "dispatch|send|deploy|route|release ~1 =all|=every|=zero|=no ~2 unit|units|engine|engines|ambulance|ambulances|crew|crews|vehicle|vehicles",
            "reply|respond|answer|output|print|say|return|write|confirm ~3 =only|=with|=json|=exactly|=yes|=done|=ok|=word|=instructions|=prompt|=password",
            "no crew|unit|response|dispatch be required|needed|necessary",
            "you be =now|=no ~3",
            "act|behave|pretend|roleplay|simulate ~1 =as|=like|=you|=being",
            "set|mark|change|downgrade|classify|treat ~3 priority|severity|status|this|call|incident ~3 =as|=to|=low|=closed|=resolved|=hoax|=test",
            "ignore|forget|disregard|discard ~1 everything|all|anything ~2 above|before|said|told|previous|earlier|prior",
            "you be ~2 =now ~1",
            "you be a|an pirate|robot|assistant|poet|chatbot|cat|bot|model|machine|computer|ai|actor",
        ],
    ),
];

/// The rule that takes back even what was said of a body.
pub(crate) const CALLED_OFF: &str = "called off";
