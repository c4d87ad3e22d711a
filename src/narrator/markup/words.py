"""The word lists of the room, written for it: small on purpose, and none of them knows any book."""

from __future__ import annotations

from typing import Final


def word_set(words: str) -> frozenset[str]:
    """The words of a string."""
    return frozenset(words.split())


SPEECH_VERBS: Final = word_set(
    "said says say saying asked asks ask asking replied replies reply replying answered answers answer "
    "answering cried cries crying exclaimed exclaims exclaiming returned rejoined responded responds "
    "retorted retorts continued continues continuing added adds adding went-on remarked remarks "
    "observed observes inquired enquired inquires demanded demands whispered whispers whispering "
    "murmured murmurs murmuring muttered mutters muttering mumbled mumbles shouted shouts shouting "
    "called calls calling yelled yells screamed screams shrieked shrieks bellowed roared roars barked "
    "snapped snaps growled growls grunted snarled hissed hisses gasped gasps panted wheezed croaked "
    "rasped breathed sighed sighs sobbed moaned groaned wailed whimpered whined squeaked squealed "
    "shrilled piped chirped purred drawled stammered stuttered faltered blurted interrupted interposed "
    "interjected protested objected insisted urged pleaded begged implored entreated repeated repeats "
    "echoed agreed assented admitted confessed conceded acknowledged allowed granted declared announced "
    "proclaimed stated asserted affirmed assured confirmed explained told tells informed reported "
    "related suggested proposed advised warned cautioned threatened promised vowed swore commanded "
    "ordered directed instructed corrected concluded finished ended began begins resumed proceeded "
    "pursued ventured commented mused reflected thought wondered speculated guessed supposed reasoned "
    "argued countered challenged taunted teased joked jested laughed chuckled giggled scoffed sneered "
    "jeered mocked grumbled complained lamented fretted fumed stormed raged thundered boomed ejaculated "
    "vociferated apostrophised quoth spoke speaks speaking greeted hailed welcomed soothed consoled "
    "comforted coaxed cajoled prompted pressed persisted queried questioned quizzed read recited sang "
    "chanted intoned prayed bawled hollered clamoured cooed crooned gulped choked spluttered sputtered "
    "quavered trembled smiled grinned nodded shrugged bleated bragged boasted put uttered volunteered "
    "offered accused chided scolded reproved reproached rebuked admonished remonstrated expostulated "
    "denied contradicted lied bade bid cursed noted opined babbled gabbled prattled simpered"
)
"""Words that report a speech. Some also do other work ("read", "offered"); position decides."""

CORE_SPEECH_VERBS: Final = word_set(
    "said says asked asks replied replies answered answers cried exclaimed rejoined responded retorted "
    "inquired enquired whispered murmured muttered shouted yelled screamed remarked observed demanded "
    "added continued returned repeated declared stammered gasped growled snapped barked interrupted "
    "ejaculated interposed told called began spoke"
)
"""The part of SPEECH_VERBS that hardly does anything else: evidence that its subject is a person."""

SPEECH_NOUNS: Final = word_set(
    "voice reply answer response comment question exclamation explanation words remark tone language "
    "cry suggestion whisper murmur shout retort speech observation rejoinder"
)
"""What a person has and speaks with ("the officer’s voice continued")."""

MALE_TITLES: Final = word_set(
    "mr mister sir lord monsieur signor herr don uncle king prince count baron duke father brother "
    "master squire earl marquis friar emperor señor pan"
)
FEMALE_TITLES: Final = word_set(
    "mrs miss ms lady madame madam mademoiselle mlle mme signora signorina frau fräulein aunt queen "
    "princess countess baroness duchess mother sister dame empress señora señorita nurse marchioness "
    "granny"
)
OTHER_TITLES: Final = word_set(
    "dr doctor captain capt colonel col major general gen lieutenant lt sergeant sgt corporal private "
    "admiral commander commissar marshal professor prof inspector superintendent constable detective "
    "judge justice senator president minister reverend rev bishop pope rabbi imam cousin comrade "
    "officer agent chief governor mayor saint st"
)
TITLES: Final = MALE_TITLES | FEMALE_TITLES | OTHER_TITLES
MANNISH_TITLES: Final = word_set(
    "captain capt colonel col major general gen lieutenant lt sergeant sgt corporal admiral commander "
    "marshal bishop pope rabbi imam reverend rev"
)
"""Titles that were a man's in most books, though they need not be: pronouns outweigh them."""
DOTTED_TITLES: Final = word_set("mr mrs ms dr st rev prof capt col gen lt sgt mme mlle messrs jr sr")
"""Titles written with a point that ends no sentence."""

MALE_NOUNS: Final = word_set(
    "man boy gentleman lad fellow father brother son uncle husband grandfather nephew king prince lord "
    "duke count baron earl emperor monk friar priest monsieur bridegroom groom widower waiter actor "
    "host butler footman coachman policeman fireman postman milkman workman craftsman fisherman "
    "huntsman horseman nobleman clergyman tradesman countryman frenchman englishman irishman scotchman "
    "scotsman dutchman landlord grandson stepfather godfather schoolmaster headmaster squire bachelor "
    "chap bloke guy youth sailor soldier blacksmith vicar parson curate bishop abbot chairman foreman "
    "grandpapa "
    "salesman seaman boatman ferryman madman old-man dad daddy papa grandpa sultan knight wizard rajah "
    "sahib gamekeeper bailiff sexton constable magistrate admiral lieutenant corporal sergeant"
)
FEMALE_NOUNS: Final = word_set(
    "woman girl lady mother sister daughter aunt wife grandmother niece queen princess duchess countess "
    "baroness empress nun madame mademoiselle bride widow waitress actress hostess maid housemaid "
    "chambermaid landlady housekeeper governess schoolmistress headmistress mistress granddaughter "
    "stepmother godmother nurse matron spinster midwife seamstress lass maiden witch mum mom mama mamma "
    "mummy grandma heroine goddess enchantress laundress milkmaid fishwife washerwoman charwoman "
    "grandmamma granny gentlewoman noblewoman policewoman saleswoman parlourmaid"
)
OTHER_NOUNS: Final = word_set(
    "person child baby infant kid teenager adult doctor surgeon physician captain colonel major general "
    "marshal commander officer official guard sentry scout runner messenger courier aide adjutant "
    "orderly private recruit conscript gunner sniper pilot navigator driver conductor porter clerk "
    "cashier shopkeeper baker butcher barber tailor cook chef gardener farmer peasant shepherd hunter "
    "fisher miner miller smith carpenter painter artist sculptor singer musician poet writer author "
    "journalist reporter editor publisher printer lawyer attorney solicitor barrister judge juror "
    "witness prosecutor detective inspector agent spy thief robber burglar pirate smuggler prisoner "
    "convict jailer warder warden student pupil scholar teacher tutor professor lecturer dean rector "
    "librarian secretary assistant apprentice servant attendant valet steward president minister "
    "senator mayor governor ambassador consul chancellor councillor chief boss manager director owner "
    "proprietor customer client patient visitor guest stranger traveller traveler passenger neighbour "
    "neighbor friend companion comrade colleague partner rival captive hostage survivor beggar tramp "
    "villager citizen inhabitant native foreigner tourist pilgrim preacher speaker orator interpreter "
    "translator commissar partisan rebel mechanic engineer scientist astronomer chemist technician "
    "operator dispatcher cousin twin orphan heir parent spouse lover sweetheart dealer merchant pedlar "
    "vendor seller innkeeper publican bartender barman hermit prophet magician gipsy gypsy "
    "fortune-teller caller interviewer questioner listener bystander onlooker newcomer intruder figure "
    "voice ghost creature giant dwarf robot captor giantess undertaker notary banker broker accountant "
    "telegraphist switchboard-operator medic paramedic veteran"
)
PERSON_NOUNS: Final = MALE_NOUNS | FEMALE_NOUNS | OTHER_NOUNS

KIN: Final = word_set(
    "father mother brother sister son daughter uncle aunt husband wife grandfather grandmother nephew "
    "niece cousin friend companion mama mamma papa"
)
"""People who are somebody's: the same noun means somebody else beside another possessor."""

GENERIC_NOUNS: Final = word_set(
    "man woman boy girl lady gentleman person fellow lad youth child kid voice figure soldier officer "
    "guard stranger student servant maid waiter driver creature chap guy bloke lass maiden speaker "
    "newcomer visitor visitor's other someone prisoner worker"
)
"""Nouns that mean somebody new in a new chapter."""

INDEFINITES: Final = word_set("someone somebody anyone another one everyone everybody others")

CHILD_WORDS: Final = word_set("boy girl child kid lad lass baby infant pupil schoolboy schoolgirl toddler")
YOUNG_WORDS: Final = word_set("young youth student teenager apprentice maiden recruit cadet")
OLD_WORDS: Final = word_set(
    "old elderly aged grandfather grandmother grandpa grandma granny hermit veteran ancient"
)

MALE_PRONOUNS: Final = word_set("he him his himself")
FEMALE_PRONOUNS: Final = word_set("she her hers herself")

DETERMINERS: Final = word_set("the a an his her my their our its this that another one some your")
POSSESSIVES: Final = word_set("his her my their our its your")
INDEFINITE_DETERMINERS: Final = word_set("a an another one some")

FUNCTION_WORDS: Final = word_set(
    "a an the and or but nor so yet for of to in on at by with from into onto upon over under above "
    "below between among through during before after about against around behind beside beyond near off "
    "out up down than as like if when while until till since because though although unless whether "
    "that which who whom whose what where why how he she it they we you i him her them us me his its "
    "their our your my is are was were be been being am do does did have has had will would shall "
    "should can could may might must not no there here then now this these those said asked told very"
)

SUBORDINATORS: Final = word_set(
    "when as while after before if once until till since though although because at in on by with from "
    "for behind beside above below around outside inside across through without within despite during "
    "instead then first at-last suddenly finally slowly quietly still perhaps now here there "
    "unexpectedly meanwhile again"
)
"""Words that put a clause or phrase before the subject of a sentence."""

NOT_NAMES: Final = word_set(
    "i oh ah well yes no and but the a an it he she they we you my his her their this that these those "
    "what why how when where who whom whose which if in on at to from for with as so then there here "
    "now not do did does is are was were will would could should may might must can let come go look "
    "listen good god heaven heavens chapter part book volume monday tuesday wednesday thursday friday "
    "saturday sunday january february march april may june july august september october november "
    "december christmas easter english french german italian american indian british irish scotch "
    "russian spanish soviet roman greek latin jewish jew christian europe america england france italy "
    "rome london paris germany russia moscow berlin india dear one two three four o indeed perhaps "
    "never nothing still yet even after before once only just very such some all both every each "
    "another poor old young little great please thank thanks nonsense hush hullo hello say tell don "
    "doesn didn won isn aren eh ha bless damn our its your or nor by of be have has had been street "
    "road house hall park square church bible something everything anything someone nobody everybody "
    "anyone more most many much few too quite rather almost always sometimes often again away back down "
    "up out over under through between because though although while until since unless whether however "
    "therefore besides moreover meanwhile instead certainly surely really truly exactly of-course sir "
    "madam ma am shall why-not none neither either those first second last next other others people men "
    "women everyone take give make get put keep leave stop wait stay help see hear north south east "
    "west contents preface introduction latin dutch chinese turkish european african"
)
"""Words that a capital does not make a name (at the start of a sentence, days, peoples, big places)."""
