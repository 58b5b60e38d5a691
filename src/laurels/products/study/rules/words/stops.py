"""Words that tell a language and nothing of a text's subject, question words among them: written for Laurels, the commonest first.

Written as they are typed with care, in lower case; `languages` also knows them without their accents, as questions are often typed.
"""

from types import MappingProxyType

_WORDS = {
    "en": """the of and to in a is that it was for on are as with his they at be this from have or by one had not but what all were we
        when your can there an each which she do how their if will up other about out many then them these so some her would
        like him into has two more no could my than been who its now did get may over such only also me you he i our us am
        does done doing being because before after between both through during under again further once here where why whom whose
        very just should shouldn don doesn didn isn aren wasn weren won wouldn couldn hasn haven hadn any most much own same too
        against above below while until cannot those nor off per via upon within without
        tell explain please whether itself themselves himself""",
    "es": """de la que el en y a los del se las por un para con no una su al lo como más pero sus le ya o este sí porque esta entre
        cuando muy sin sobre también me hasta hay donde quien desde todo nos durante todos uno les ni contra otros ese eso ante ellos
        e esto mí antes algunos qué unos yo otro otras otra él tanto esa estos mucho quienes nada muchos cual poco ella estar estas
        algunas algo nosotros mi mis tú te ti tu tus ellas es son fue era eran ser fueron sido siendo soy está están estaba estaban
        han ha había habían haber he tiene tienen tenía tenían tuvo cuál cuáles cuánto cuánta cuántos cuántas cuándo dónde cómo quién
        quiénes adónde así según cada e u qué aquí allí entonces puede pueden sino mientras aunque además si explica dime hacia
        cuyo cuya cuyos cuyas aquel aquella aquellos fuera tras mediante""",
    "pt": """de a o que e do da em um para é com não uma os no se na por mais as dos como mas foi ao ele das tem à seu sua ou ser quando
        muito há nos já está eu também só pelo pela até isso ela entre era depois sem mesmo aos ter seus quem nas me esse eles estão
        você tinha foram essa num nem suas meu às minha têm numa pelos elas havia seja qual será nós tenho lhe deles essas esses pelas
        este fosse dele tu te vocês vos lhes meus minhas teu tua nosso nossa dela delas esta estes estas aquele aquela aqueles aquilo
        isto sobre onde quais quanto quanta quantos quantas porque são é eram sido sendo cada assim então pode podem enquanto embora
        além durante após explique""",
    "fr": """de la le et les des en un du une que est pour qui dans a par plus pas au sur ne se ce il sont la avec son aux ses mais
        comme ou si leur y dont sa elle deux ces cette été on même nous être ont c'est cet aussi ainsi entre sans fait était lui leurs
        tout je vous où peut sous je tu moi toi mon ton ma ta mes tes notre nos votre vos eux elles quel quelle quels quelles quoi
        comment combien quand pourquoi lequel laquelle lesquels lesquelles étaient fut furent avait avaient ayant avoir ai as avez
        avons êtes sommes sera seront soit soient après avant depuis pendant vers chez très donc car ni or puis encore alors lorsque
        tous toute toutes autre autres afin contre parce jusque ils cela ceci ça explique expliquez""",
    "it": """di e il la che in a per un è del non sono una i le da si con dei al come più ha della lo nel gli alla ma anche delle o su ai
        dal se ed degli nella era questo ci suo quando essere loro dalla stato sua tra fu hanno cui questa chi quello
        aveva solo suoi dopo prima sul fra alle nelle sulla negli dai agli dagli dalle sulle
        ad io tu lui lei noi voi mi ti
        vi ne mio mia miei tuo tua nostro nostra vostro questi queste quella quelli quelle quale quali quanto quanta quanti quante cosa
        come dove perché chi furono erano sia siano stata stati state essendo avere ho hai abbiamo avevano ogni così molto poi senza
        però mentre durante contro verso sotto sopra ancora già può possono spiega""",
    "ca": """de la i el que a en els per les un del amb una és va al no es dels als o com més ha són ser per seva seu aquest aquesta entre
        però també quan on qui què quin quina quins quines quant quants quantes hi ho li ens us em et ja era van han havia sobre fins
        des sense molt tot tots totes cada aquests aquestes aquell aquella seus seves nostre meu teu ells elles nosaltres vosaltres
        perquè doncs si mentre durant després abans encara només així pot poden estat""",
    "ro": """de și în a la cu pe o un din care este că nu pentru mai se sau fi fost au prin sunt după ca era cel cea cei cele lui al ale ai
        ale sa său săi sale dar între ce când unde cine cum cât câți câte câtă despre până iar dacă doar fără foarte acest această
        aceste acești acel acea acei acele lor ei el ea ele eu tu noi voi am ai are avea aveau erau fiind spre sub peste fiecare
        tot toate toți însă astfel deci poate pot unui unei unor îi îl le își""",
    "de": """der die und in den von zu das mit sich des auf für ist im dem nicht ein eine als auch es an werden aus er hat dass sie nach
        wird bei einer um am sind noch wie einem über einen so zum war haben nur oder aber vor zur bis mehr durch man sein wurde sei
        wurden ihre seine ihr seiner unter kann gegen vom können wenn zwischen ihm ihn ihren ihrer ihnen seinen seinem dieser diese
        dieses diesem diesen doch wir ich du mein dein unser euch uns mir dir mich dich was wer wo wann warum wieso weshalb welche
        welcher welches welchem welchen wem wen wessen wieviel wieviele viele jede jeder jedes alle waren hatte hatten habe bin bist
        seid worden geworden da dann denn weil damit ob ohne während seit sehr hier dort schon also eines jedoch sowie beim ins erkläre""",
    "nl": """de van het een en in is dat op te zijn met voor niet die aan er om als ook dan maar bij door uit nog naar over tot worden wordt
        werd was heeft hebben had of kan deze dit wel geen zo hij zij ze ik je jij u we wij haar hun hem mijn jouw uw ons onze wat wie
        waar wanneer waarom hoe welke welk hoeveel waren werden geworden heb hebt hadden kunnen zal zullen zou zouden moet moeten mag
        tussen onder tegen zonder tijdens sinds omdat terwijl want dus toen nu daar hier meer veel al alle alles elke elk andere
        zich zelf iets niets men eens toch na voordat leg""",
    "sv": """och i att det som en på är av för med till den har de inte om ett men var jag sig från vi så kan man när år säger hon under
        också efter eller nu sin där vid mot ska skulle kommer ut får finns vara hade alla andra mycket än här då sedan över bara in
        blir upp även vad få två vill ha många hur mer varit blev du han ni dem dess deras hans hennes min mitt mina din ditt dina
        vår vårt våra vilken vilket vilka vem vems varför varje utan mellan eftersom medan dock samt denna detta dessa någon något
        några ingen inget inga blivit blivits kunde måste""",
    "da": """og i at det er en til af på den for med de ikke der som har et var jeg han om men sig fra vi hun havde kan så da eller efter
        ved også mod hvor hvad skal blev nu når over ud under op bliver være år alle været dem deres hans hendes min mit mine din dit
        dine vores jer os du dig mig man meget mere end ind kun her denne dette disse hvilken hvilket hvilke hvem hvorfor hvornår
        hvordan hvorledes mange uden mellem fordi mens dog samt nogen noget nogle ingen intet blevet kunne skulle ville må sådan selv
        både enten hver hvert""",
    "nb": """og i det er på til som en for av at har med ikke den de om et fra men var seg jeg vi han så kan hun etter også eller ved når
        være hadde skal ble nå over ut da må sin opp få blir sitt alle vært dem deres hans hennes min mitt mine din ditt dine vår vårt
        våre oss du deg meg man mye mer enn inn bare her denne dette disse hvilken hvilket hvilke hvem hva hvor hvorfor hvordan hvorledes
        mange uten mellom fordi mens samt noen noe ingen intet blitt kunne skulle ville både enten hver hvert mot under år selv sine""",
    "fi": """ja on ei se että oli mutta joka kun myös hän en ovat jos tai niin kuin sen olla vain ole mukaan jo nyt hänen olisi sekä ne
        olivat mitä mikä kuka missä milloin miten miksi kuinka montako mihin mistä kenen ketkä mitkä minkä tämä tämän tässä tätä nämä
        näiden tuo tuon he heidän me meidän te teidän minä sinä minun sinun jonka jotka joita jota joiden jossa josta joissa ollut
        olleet koska vaikka kanssa jälkeen ennen aikana välillä ilman sitä siinä siitä siihen niitä niiden eivät eikä vielä kaikki
        kaikkien jokainen muun muut enemmän hyvin paljon""",
    "hu": """a az és hogy nem is egy ez volt de meg csak azt ki van mint már még azonban vagy el majd ezt kell lehet ha szerint akkor
        között után amely amelyek ami aki akik mert mi milyen melyik hol mikor hogyan miért mennyi hány kinek mit kit honnan hová voltak
        lesz lett lettek lenne vannak sem így úgy itt ott igen nagyon minden mindig több ezek azok ennek annak ebben abban által során
        alatt felett előtt nélkül illetve valamint pedig tehát ő ők én te ti ön""",
    "tr": """ve bir bu da de için ile olarak çok daha olan gibi en sonra kadar ise ancak ama veya ya her ne değil hem ki mi mı mu mü o
        onun onlar şu bunun bunlar biz siz ben sen nasıl neden niçin nerede nereye nereden kim kimin hangi hangisi kaç zaman göre önce
        arasında tarafından üzerinde içinde olduğu oldu olur olan vardır var yok idi dır dir dur dür diye çünkü hiç bazı bütün tüm
        kendi şey eğer hakkında nedir""",
    "pl": """i w na z się do nie że to jest o jak a po co za od przez ale tak już dla są był była było były oraz tym tego ten ta te tej
        tych czy może lub być jako który która które których którym którzy jego jej ich go mu im jest gdy kiedy gdzie kto kogo komu
        czym dlaczego ile jaki jaka jakie jakiej jakich ja ty my wy on ona ono oni one mnie ciebie nas was nam wam sobie siebie także
        również więc bo ponieważ aby żeby bez pod nad przed między podczas według został została zostały bardzo tylko jeszcze
        każdy każda wszystkie""",
    "cs": """a v se na je že s z do o k i to ve jako za by jsou pro který která které kterou kterých byl byla bylo byly od po ale nebo si
        jeho její jejich tak také co až ze ke při jak když kde kdy kdo koho komu čím proč kolik jaký jaká jaké jakých ten ta tato toto
        tento tyto této tohoto tím těch podle než už jen však má mají být není nejsou jsem jste jsme já ty my vy on ona ono oni mezi
        před nad pod bez během aby protože pokud tedy více velmi každý všechny může mohou""",
    "ru": """и в не на я что он с как это по но они к у она так его за из от все о же бы для то а был была было были мы вы если ее её или
        при до уже только когда где кто чем чего кого кому какой какая какое какие каких каким который которая которое которые которых
        которой которого сколько почему зачем куда откуда чей их ему им ей нас вас нам вам себя свой своей своих своего во со об под
        над между после перед через без также тоже ещё еще быть есть будет нет да ли этот эта эти этого этой этих тот та те того той
        тех там тут потому чтобы может могут можно очень более""",
    "el": """και το να του η της με που την από για στο είναι οι των σε ο τα τον θα στην τις τους δεν ή ότι στη κατά στα μια ένα ως αυτό
        αυτή αυτός αυτά ήταν μετά όπως πριν τη ένας μία έναν πως πώς πού πότε ποιος ποια ποιο ποιοι ποιες ποιον πόσο πόσα πόσοι πόσες
        γιατί τι όταν αν αλλά μεταξύ χωρίς κάθε όλα όλοι πολύ πιο έχει έχουν είχε είχαν μας σας μου σου αυτών επίσης όμως ενώ μόνο""",
    "ar": """في من على إلى أن التي الذي عن مع هذا هذه كان كانت ما لا أو و بين كما قد هو هي لم ذلك بعد عند كل منذ حيث ثم قبل كانوا يكون
        تكون الذين أي أية غير إن إذا بعض حتى لن لقد هل كيف متى أين لماذا ماذا من مما كم بما به بها فيه فيها منه منها له لها لهم عنه عنها
        عليه عليها إليه إليها تم وقد وكان وكانت ولم وهو وهي وفي ومن وأن وما ولا ولكن لكن أنه أنها بأن لأن كذلك أيضا خلال تلك هناك
        هم نحن أنا أنت هؤلاء لدى ضد نحو أكثر ليس ليست سوف دون حول ضمن عدة بسبب مثل فإن لدي يتم لما وإن الى او ان اي اذا الذى""",
    "fa": """و در به از که این را با است برای آن یک خود تا کرد بر هم نیز گفت می شد شود دارد بود ما باید های ها او اما اگر همه دو آنها
        وی یا هر پس چه چی کی کجا چگونه چرا چند کدام چیست کیست اند بودند شده شدند بین بدون پیش بعد روی زیر ولی چون هستند نیست کند کنند
        شما من تو آنان ایشان همین همان دیگر بسیار حتی""",
    "hi": """के का की में है को से और पर ने यह था थे थी हैं कि एक भी तो ही नहीं हो इस कर जो किया लिए गया करने साथ अपने या वह जब तक हुए
        हुआ हुई इसके उनके उस वे द्वारा बाद होता होती होते गई गए दिया दिए दी कुछ जिस जिसे रहा रहे रही अपनी अपना उन्होंने उसके उनकी इसे उन्हें तथा
        एवं व न क्या कौन कब कहाँ कहां क्यों कैसे किस किसने किसे किसका किसकी किसके कितना कितनी कितने कौनसा कौनसी कौनसे जिसमें जिसके इन उन
        ये मैं हम आप तुम मुझे हमें करना करता करते करती सकता सकते सकती जाता जाती जाते बीच तरह प्रति लेकिन क्योंकि अगर यदि ऐसे वाले वाली
        वाला दौरान किन जिन जिससे इससे इसका इसकी उसका उसकी उनका थीं हूँ बारे""",
    "id": """yang dan di dari ini itu dengan untuk pada adalah dalam tidak akan ke juga oleh atau sebagai karena ada dapat lebih bisa telah
        saat seperti hanya sudah mereka kita kami dia ia saya anda aku kamu apa siapa kapan dimana mana mengapa kenapa bagaimana berapa
        antara bahwa secara tersebut banyak belum setelah sebelum sejak ketika jika maka namun tetapi tapi para sebuah suatu setiap semua
        lain harus agar hingga sampai tanpa bagi menjadi merupakan terhadap tentang lagi masih sangat nya""",
}

STOPS = MappingProxyType({language: frozenset(words.split()) for language, words in _WORDS.items()})
"""Language (ISO 639-1) to its stop words, as typed with care."""

HAN_PHRASES = (
    *(
        "为什么",
        "為什麼",
        "什么",
        "甚么",
        "什麼",
        "多少",
        "哪个",
        "哪些",
        "哪里",
        "哪一",
        "哪种",
        "哪裡",
        "哪個",
        "哪種",
        "哪年",
        "哪",
        "谁",
        "誰",
    ),
    *(
        "如何",
        "怎么",
        "怎麼",
        "怎样",
        "怎樣",
        "何时",
        "何時",
        "多久",
        "几个",
        "是否",
        "请问",
        "何",
        "的",
        "了",
        "吗",
        "嗎",
        "呢",
        "是",
        "在",
        "被",
    ),
    *(
        "以及",
        "或者",
        "但是",
        "因为",
        "因為",
        "所以",
        "而且",
        "他们",
        "她们",
        "它们",
        "他們",
        "这些",
        "那些",
        "这个",
        "那个",
        "這個",
        "和",
        "与",
        "與",
    ),
)
"""What holds Chinese sentences and questions together (何 and 誰 Japanese ones, too)."""

HIRAGANA_PHRASES = (
    *(
        "ありますか",
        "いますか",
        "でしょうか",
        "ください",
        "ましたか",
        "ますか",
        "ですか",
        "ありました",
        "あります",
        "について",
        "によって",
        "において",
    ),
    *(
        "どのように",
        "どうやって",
        "どんな",
        "どれ",
        "どこ",
        "どの",
        "どう",
        "いくつ",
        "いくら",
        "なぜ",
        "いつ",
        "だれ",
        "として",
        "とは",
        "では",
        "には",
    ),
    *(
        "していた",
        "している",
        "しました",
        "されて",
        "された",
        "される",
        "します",
        "でした",
        "であった",
        "である",
        "です",
        "ます",
        "いる",
        "いた",
        "した",
    ),
    *(
        "する",
        "して",
        "これら",
        "それら",
        "これ",
        "それ",
        "この",
        "その",
        "こと",
        "もの",
        "ため",
        "から",
        "まで",
        "など",
        "より",
        "ある",
        "あった",
    ),
)
"""What holds Japanese ones together. Runs of one or two hiragana are particles and endings anyway: `terms` drops them."""

HANGUL_PHRASES = (
    *(
        "무엇",
        "입니까",
        "습니까",
        "인가요",
        "나요",
        "누구",
        "언제",
        "어디",
        "어떻게",
        "어떤",
        "얼마나",
        "있습니다",
        "입니다",
        "합니다",
        "그리고",
        "이것",
        "그것",
    ),
)
"""What holds Korean ones together, but for the particles at the end of words."""

HANGUL_PARTICLES = frozenset("은는이가을를의에로와과도")
