/* SPDX-License-Identifier: Apache-2.0 */
// What is written by hand about the five languages: the commonest words, the syllables from which
// the rest of the vocabulary is made, and stock phrases. Pure data; crawl_words.c says how it is
// used. `%` in a phrase stands for the weekday.
#include "crawl_lists.h"

const struct crawl_list crawl_lists[CRAWL_LANGUAGES] = {
    {
        .common =
            "the of and to in a is that for it was on with as be by at he this had not are but "
            "from "
            "or have an they which one you were her all she there would their we him been has when "
            "who will more no if out so said what up its about into than them can only other new "
            "some could time these two may then do first any my now such like our over man me even "
            "most made after also did many before must through back years where much your way well "
            "down should because each just those people mr how too little state good very make "
            "world still own see men work long get here between both life being under never day "
            "same another know while last might us great old year off come since against go came "
            "right used take three",
        .onsets = "b c d f g h j l m n p r s t v w b c d f l m n p r s t st tr br ch sh th "
                  "pl gr cl fr sp pr cr dr qu",
        .nuclei = "a e i o u a e i o a e i ea ou ai ee io",
        .codas = "- - - - n r s t l m d ck nd st ng rt ll rn mp p",
        .suffixes = "- - - - s s ed ing er ly tion al ment ity ness able ous ic ism or",
        .phrases = {"according to a statement released on %",
                    "a spokesman for the company told reporters on %",
                    "who spoke on condition of anonymity on %",
                    "the ministry said in a press release on %",
                    "officials familiar with the matter confirmed on %",
                    "in an interview broadcast on local radio on %",
                    "as the news agency reported late on %",
                    "the company did not immediately respond to requests for comment on %",
                    "documents seen by this newspaper on % suggest",
                    "at a news conference held in the capital on %",
                    "police said in a brief statement on %",
                    "shares were little changed in early trading on %"},
        .weekdays = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday",
        .menu = "Home News World Business Sport Opinion Culture Travel Weather Subscribe Contact",
        .rights = "All rights reserved.",
    },
    {
        .common =
            "der die und in den von zu das mit sich des auf für ist im dem nicht ein eine als auch "
            "es an werden aus er hat dass sie nach wird bei einer um am sind noch wie einem über "
            "einen so zum war haben nur oder aber vor zur bis mehr durch man sein wurde sei hatte "
            "kann gegen vom können schon wenn habe seine ihre dann unter wir soll ich eines jahr "
            "zwei jahren diese dieser wieder keine seiner worden will zwischen immer was sagte "
            "gibt "
            "alle seit muss wurden beim doch jetzt waren drei jahre neue neuen damit bereits da "
            "ihr seinen müssen ab ihrer ohne sondern selbst ersten nun etwa heute weil ihm sehr "
            "hier "
            "während ganz menschen stadt land",
        .onsets = "b d f g h k l m n p r s t w z st sch br tr kr gr fl schw pf kl bl fr str zw v",
        .nuclei = "a e i o u e a ei au ie eu ä ö ü",
        .codas = "- - - n r s t l m ch cht nd ng st rt ck ll rm tz ft",
        .suffixes = "- - - en en er e ung lich keit te st isch heit ten los schaft",
        .phrases = {"wie aus einer am % veröffentlichten Mitteilung hervorgeht",
                    "sagte ein Sprecher des Unternehmens am % vor Journalisten",
                    "wie die Nachrichtenagentur am % unter Berufung auf Kreise meldete",
                    "das teilte das Ministerium am % auf Anfrage mit",
                    "so die Behörde in einer ersten Stellungnahme am %",
                    "wie die Polizei am späten % mitteilte",
                    "bestätigten mit der Sache vertraute Personen am %",
                    "hieß es am % aus dem Umfeld der Regierung",
                    "das geht aus Unterlagen hervor, die am % bekannt wurden",
                    "sagte er am % in einem Interview des Rundfunks",
                    "das Unternehmen war am % zunächst nicht zu erreichen",
                    "die Aktie gab am % im frühen Handel leicht nach"},
        .weekdays = "Montag Dienstag Mittwoch Donnerstag Freitag Samstag Sonntag",
        .menu = "Startseite Politik Wirtschaft Sport Kultur Reise Wetter Abo Kontakt Impressum",
        .rights = "Alle Rechte vorbehalten.",
    },
    {
        .common =
            "de la le et les des en un du une que est pour qui dans a par plus pas au sur ne se ce "
            "il sont avec son cette aux été ou mais comme on nous sa ses fait ont être leur deux "
            "même elle ces aussi entre sans tout après bien peut ans était dont encore si autres "
            "depuis où avait contre sous année premier faire lui très dit ils selon notre jour "
            "temps toujours monde avant leurs vie trois moins pays car non fois alors tous celui "
            "quand depuis donc trop point ainsi grand pendant quelques chez ici jamais beaucoup "
            "millions président gouvernement france ville état heures peu nouveau nouvelle autre",
        .onsets = "b c d f g j l m n p r s t v ch tr br pr gr cl pl fr qu cr bl dr gl",
        .nuclei = "a e i o u é é è a e ou ai oi eau ê â ô",
        .codas = "- - - - - n r s t l m x nt rt ss ct",
        .suffixes = "- - - e es er é ée tion ment eur ique able ité ance aire eux",
        .phrases = {"selon un communiqué publié % par la direction",
                    "a déclaré % un porte-parole de la société",
                    "a indiqué % une source proche du dossier",
                    "comme le rapportait % l'agence de presse",
                    "a annoncé % le ministère dans un bref communiqué",
                    "a précisé la police % en fin de journée",
                    "dans un entretien diffusé % à la radio publique",
                    "lors d'une conférence de presse tenue % dans la capitale",
                    "des documents consultés % par notre rédaction le montrent",
                    "la société n'a pas répondu % à nos questions",
                    "le titre évoluait peu % dans les premiers échanges",
                    "sous couvert d'anonymat % devant quelques journalistes"},
        .weekdays = "lundi mardi mercredi jeudi vendredi samedi dimanche",
        .menu = "Accueil Monde Politique Économie Sport Culture Voyage Météo Abonnement Contact",
        .rights = "Tous droits réservés.",
    },
    {
        .common =
            "и в не на я быть он с что а по это она этот к но они мы весь который из у то за свой "
            "ты от так же для вы мочь год такой его только её бы себя один как другой ещё до уже "
            "время если сам когда вот наш мой о при или человек какой раз два дело жизнь чтобы "
            "день "
            "первый очень кто рука даже новый под со стать там можно нет потом ничто надо после "
            "большой их место идти без работа слово глаз через несколько хотеть тогда город друг "
            "потому лицо три сейчас здесь чем между дом хотя страна мир теперь также были было "
            "была "
            "сказал более года лет всё том этого",
        .onsets = "б в г д ж з к л м н п р с т ф х ц ч ш ст пр тр кр гр бр вл др сл",
        .nuclei = "а е и о у а о и я ы ю ё",
        .codas = "- - - - - н р с т л м в к й ст нт",
        .suffixes = "- - - ов ый ая ого ать ить ение ость ный ского ами ах ом ть ка",
        .phrases = {"говорится в сообщении, опубликованном в %",
                    "заявил журналистам представитель компании в %",
                    "сообщил источник, знакомый с ситуацией, в %",
                    "как передало информационное агентство поздно в %",
                    "говорится в кратком заявлении министерства в %",
                    "уточнили в пресс-службе городской полиции в %",
                    "сказал он в интервью местному радио в %",
                    "на пресс-конференции, прошедшей в столице в %",
                    "следует из документов, с которыми ознакомилась редакция в %",
                    "в компании не ответили на запрос в %",
                    "акции почти не изменились на открытии торгов в %",
                    "на условиях анонимности сообщили чиновники в %"},
        .weekdays = "понедельник вторник среду четверг пятницу субботу воскресенье",
        .menu = "Главная Новости Мир Экономика Спорт Культура Погода Подписка Контакты",
        .rights = "Все права защищены.",
    },
    {
        .common =
            "的 一 是 不 了 在 人 有 我 他 这 中 大 来 上 国 个 到 说 们 为 子 和 你 地 出 道 也 "
            "时 年 得 就 那 要 下 以 生 会 自 着 去 之 过 家 学 对 可 她 里 后 小 么 心 多 天 而 "
            "能 好 都 然 没 日 于 起 还 发 成 事 只 作 当 想 看 文 无 开 手 十 用 主 行 方 又 如 "
            "前 所 本 见 经 头 面 公 同 三 已 老 从 动 两 长 知 民 样 现 分 将 外 但 身 些 与 高 "
            "意 进 把 法 此 实 回 二 理 美 点 月 明 其 种 声 全 工 己 话 儿 者 向 情 部 正 名 定",
        .phrases = {"根据%发布的一份声明", "该公司发言人%对记者表示", "据通讯社%晚间报道",
                    "一位不愿透露姓名的官员%称", "该部门%在新闻发布会上说",
                    "警方%在一份简短的通报中表示", "他%接受当地电台采访时指出",
                    "知情人士%证实了这一消息", "本报%看到的文件显示", "该公司%没有立即回应置评请求",
                    "该股%早盘变化不大", "双方%在首都举行了会谈"},
        .weekdays = "周一 周二 周三 周四 周五 周六 周日",
        .menu = "首页 新闻 国际 财经 体育 文化 旅游 天气 订阅 联系我们",
        .rights = "版权所有，未经许可不得转载。",
    },
};
