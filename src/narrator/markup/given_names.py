"""Given names by gender and their short forms: a modest list, written for narrator."""

from __future__ import annotations

from typing import Final

from narrator.markup.words import word_set

MALE_NAMES: Final = word_set(
    "aaron abel abraham adam adrian alan albert alec alexander alexei alfred algernon allan allen "
    "ambrose amos anatole andre andrei andrew angus anthony anton antonio archibald arnold arthur "
    "august augustus barnaby bartholomew basil ben benjamin bernard bertram bill billy bob boris brian "
    "bruce cecil charles charley charlie christian christopher clarence claude clement clifford colin "
    "conrad cyril dan daniel david dennis dick dmitri dominic donald douglas edgar edmund edward edwin "
    "eli elias eric ernest eugene evan felix ferdinand fitzwilliam francis francois frank fred "
    "frederick gabriel geoffrey george gerald gilbert giles giovanni gregory guy hans harold harry "
    "hector henri henry herbert herman hiram horace howard hubert hugh hugo humphrey ian igor isaac "
    "ivan jack jacob jacques jake james jan jasper jean-paul jeff jeremy jerome jim jimmy joe joel john "
    "johnny jonas jonathan josef joseph joshua josiah juan julian julius karl keith kenneth konstantin "
    "larry lawrence leo leon leonard leonid leopold lewis lionel louis lucas luke malcolm marcus mark "
    "martin matthew maurice max michael mikhail miles mohammed montague mortimer moses nathan nathaniel "
    "ned neil nicholas nick nigel nikolai noah noel norman oleg oliver oscar osmond oswald otto owen "
    "pablo patrick paul pavel percy peter phil philip pierre pyotr quentin ralph raoul raphael raymond "
    "reginald reuben rex richard robert robin roderick rodney roger roland ronald rudolf rufus rupert "
    "russell sam samuel saul sebastian sergei seth sidney silas simon solomon stanislav stanley stephen "
    "steven stuart sydney ted theodore thomas tim timothy toby tom tommy tony tristram valentine vasily "
    "vernon victor viktor vincent vladimir walter warren wilfred wilhelm will william winston yuri "
    "zachary hassan ali omar ahmed"
)
FEMALE_NAMES: Final = word_set(
    "abigail ada adela adelaide adele adeline agatha agnes alexandra alice alma amanda amelia amy "
    "anastasia angela anita ann anna annabel anne annie antonia arabella augusta barbara beatrice becky "
    "bella bertha bessie beth betsy betty blanche bridget camilla carla carmen caroline cassandra "
    "catharine catherine cecilia celia charlotte chloe christina christine clara clarissa claudia "
    "constance cora cordelia cornelia cynthia daisy daphne deborah delia diana dinah dolly dora doris "
    "dorothea dorothy edith edna effie eleanor elena eliza elizabeth ella ellen elsie emily emma erica "
    "esther ethel eugenia eunice eva evangeline eve eveline evelyn fanny felicity fiona flora florence "
    "frances frieda geneva georgiana geraldine gertrude gladys gloria grace greta gwendolen hannah "
    "harriet hazel heather helen helena henrietta hermione hester hetty hilda hope ida imogen irene "
    "iris irina isabel isabella ivy jane janet jean jemima jennifer jenny jessica jessie joan joanna "
    "josephine joy judith judy julia juliet karen kate katharine katherine kathleen katie katya kitty "
    "larissa laura lavinia leah lena lenore leonora letitia lilian lily linda lizzie lizzy lottie "
    "louisa louise lucille lucinda lucy ludmila lydia mabel madeline maggie marcella margaret margery "
    "margot maria marian marianne marie marina marion marjorie martha mary matilda maud may mercy meg "
    "mildred millicent minnie miranda miriam molly muriel nadia nancy natalia natalie natasha nellie "
    "nelly nina nora norah octavia olga olive olivia ophelia pamela patricia patty paula pauline peggy "
    "penelope phoebe phyllis polina polly priscilla prudence rachel rebecca rhoda rosa rosalind "
    "rosamond rose rosemary ruth sabina sally sandra sarah selina sheila sibyl sybil sonia sophia "
    "sophie stella susan susanna susannah svetlana sylvia tanya tatiana theodora theresa tilly tracy "
    "una ursula valerie vanessa vera veronica victoria viola violet virginia wendy wilhelmina winifred "
    "yvonne zelda zoe henrietta"
)

NICKNAMES: Final[dict[str, tuple[str, ...]]] = {
    nickname: tuple(formal.split())
    for nickname, formal in {
        "lizzy": "elizabeth",
        "lizzie": "elizabeth",
        "eliza": "elizabeth",
        "beth": "elizabeth",
        "betsy": "elizabeth",
        "bess": "elizabeth",
        "bessie": "elizabeth",
        "betty": "elizabeth",
        "libby": "elizabeth",
        "kate": "catherine katherine",
        "katie": "catherine katherine",
        "kitty": "catherine katherine",
        "katya": "ekaterina",
        "maggie": "margaret",
        "meg": "margaret",
        "peggy": "margaret",
        "madge": "margaret",
        "molly": "mary",
        "polly": "mary",
        "annie": "ann anne anna",
        "nancy": "ann anne",
        "nan": "ann anne",
        "sally": "sarah",
        "sadie": "sarah",
        "fanny": "frances",
        "harry": "henry harold",
        "hal": "henry",
        "tom": "thomas",
        "tommy": "thomas",
        "will": "william",
        "bill": "william",
        "billy": "william",
        "willie": "william",
        "bob": "robert",
        "bobby": "robert",
        "rob": "robert",
        "dick": "richard",
        "rick": "richard",
        "jack": "john",
        "johnny": "john",
        "jim": "james",
        "jimmy": "james",
        "jem": "james",
        "jamie": "james",
        "joe": "joseph",
        "charlie": "charles",
        "charley": "charles",
        "ned": "edward edmund",
        "ted": "edward theodore",
        "teddy": "edward theodore",
        "eddie": "edward",
        "sam": "samuel",
        "ben": "benjamin",
        "dan": "daniel",
        "danny": "daniel",
        "dave": "david",
        "fred": "frederick alfred",
        "freddy": "frederick",
        "tony": "anthony antonio",
        "andy": "andrew",
        "mike": "michael",
        "nick": "nicholas",
        "pete": "peter",
        "steve": "stephen steven",
        "tim": "timothy",
        "toby": "tobias",
        "jenny": "jennifer jane",
        "jess": "jessica",
        "jessie": "jessica janet",
        "sue": "susan susanna",
        "susie": "susan",
        "vicky": "victoria",
        "winnie": "winifred",
        "hetty": "henrietta hester",
        "harriet": "henrietta",
        "nell": "helen eleanor",
        "nellie": "helen eleanor",
        "nelly": "helen eleanor",
        "lucy": "lucinda",
        "dolly": "dorothy dorothea",
        "tess": "theresa",
        "sasha": "alexander alexandra",
        "misha": "mikhail",
        "kolya": "nikolai",
        "vanya": "ivan",
        "petya": "pyotr",
        "natasha": "natalia",
        "tanya": "tatiana",
        "sonya": "sofya sophia",
        "mitya": "dmitri",
        "volodya": "vladimir",
        "seryozha": "sergei",
    }.items()
}
"""Short forms of given names."""
