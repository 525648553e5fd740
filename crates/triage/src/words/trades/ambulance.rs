//! Bodies, hurts, illnesses, medicines, births, despair.

use crate::words::{Class, class};

pub(super) const WORDS: Class = class(
    "of-ambulance",
    "ambulance stand screaming quiet floor nightie goodbye headaches paramedic doctor medic nurse hospital gp surgery carer patient hurt hurts injure injured injury wound wounded \
     cut gash slice slash stab bleed bleeding blood bloody claret bruise swell swelling swollen lump bump graze scrape sprain twist fracture \
     break broken broke bust snap snapped dislocate pop popped crack cracked crush crushed mangle mangled sever severed amputate burn burned burnt scald scalded blister \
     singe electrocute shock concussion concussed whiplash fall fell fallen trip tripped slip slipped tumble topple drop dropped collapse collapsed \
     faint fainted fainting dizzy giddy woozy unconscious conscious consciousness unresponsive responsive respond wake waking rouse \
     lifeless limp floppy slumped slump keel keeled breath breathe breathing breathless gasp gasping wheeze wheezing pant panting choke choking \
     cough coughing suffocate asthma inhaler nebuliser oxygen lungs chest heart cardiac pulse attack angina palpitation stroke droop drooping \
     slur slurred slurring numb numbness paralyse paralysed seizure fit fitting convulse convulsion epileptic epilepsy twitch twitching \
     jerk jerking shake shaking tremble spasm froth frothing foam drool head headache migraine vision dizzy vomit vomiting sick puke \
     nausea diarrhoea dehydrate tummy stomach belly abdomen bowel pain pains painful ache aching agony cramp cramps sore tight tightness \
     crushing fever feverish temperature temp hot shiver shivers shivering shivery rigor rash spots hives welts lumps allergy allergic anaphylaxis anaphylactic \
     epipen sting stung bite bitten venom poison poisoned swallow swallowed necked overdose overdosed tablet tablets pill pills paracetamol \
     medication medicine drug heroin cocaine ketamine mdma methadone vodka alcohol diabetic diabetes insulin sugar hypo sepsis septic \
     meningitis infection pneumonia jaundice yellow grey pale blue ashen putty purple clammy sweat sweating sweaty confused delirious \
     muddled gibberish disorientated groggy drowsy sleepy lethargic weak wobbly unsteady poorly ill unwell illness disease condition cancer \
     chemo tumour dialysis kidney liver catheter stoma pacemaker stent warfarin thinners thinner haemophiliac haemorrhage sickle \
     pregnant pregnancy labour contraction contractions waters midwife baby birth born push crowning cord miscarriage placenta \
     newborn twins neck throat tongue lip lips jaw teeth tooth mouth nose eye eyes ear cheek face forehead temple skull scalp arm elbow forearm wrist \
     hand finger fingers fingertip thumb palm shoulder collarbone rib ribs spine back hip pelvis groin leg legs thigh knee kneecap shin calf \
     ankle foot feet toe toes bone bones tendon artery vein skin nail bandage tourniquet towel stitches cpr defib defibrillator resuscitation \
     compressions suicide suicidal self-harm hang hanged wrists overdosing despair cry sob drown drowned hypothermia freezing heatstroke \
     exhaustion frail elderly old resident toddler infant dead died unrousable casualty casualties trapped buried chemicals",
);
