"""The built-in bot: says what it is, and talks about the game. It needs no key and no network, and invents nothing.

A reply is written while the ledger waits, so what a message is about is found
before (`understand`), and the reply (`built_in_reply`) only puts numbers into
sentences. It never urges anybody to send more.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
import re
import unicodedata

from laurels.products.pot.bounds import MAX_PAUSE_DAYS
from laurels.products.pot.decisions import Paid
from laurels.products.pot.in_words import Say, Write, odds_words, terms_words
from laurels.products.pot.rules import Params, PotRules
from laurels.web.formats import write_number
from laurels.web.language import N_, translations

READ = 300
"""Characters of a message that are looked at: enough to see what it is about."""


class Topic(StrEnum):
    """What a message is about."""

    HOLDING_BACK = "holding_back"  # limits, pauses, losing too much, wanting to stop
    WON = "won"  # whether it won
    ODDS = "odds"  # its chance, and whether the draw is fair
    PRICE = "price"  # what messages cost
    COINS = "coins"  # what the member has, and what each week brings
    POT = "pot"  # what is in it
    RULES = "rules"  # how the game goes
    WHO = "who"  # what the bot is
    THANKS = "thanks"  # thanks
    GREETING = "greeting"  # a greeting


_SIGNS = {
    Topic.HOLDING_BACK: r"stop|quit|addict\w*|gambl\w*|too much|lost (it all|everything|all)|limits?|pauses?|break|self.?exclu\w*"
    r"|parar|dejarlo|dejar de|adict\w*|ludopat\w*|demasiado|perdido|limites?|pausas?|descanso",
    Topic.WON: r"(did|have|has) i (win|won)|i won|he ganado|gane",
    Topic.ODDS: r"odds|chances?|probab\w*|likel\w*|fair\w*|verif\w*|random\w*|rigged|cheat\w*|seeds?|commitment|draws?|luck\w*"
    r"|suerte|just[oa]|azar|trampas?|semillas?|sorteos?|amanad[oa]",
    Topic.PRICE: r"prices?|costs?|expensive|cheap\w*|precios?|cuestan?|vale|coste|car[oa]|barat[oa]",
    Topic.COINS: r"coins?|balance|allowance|purse|monedas?|saldo|asignacion|monedero",
    Topic.POT: r"pot|jackpot|prizes?|bote|premios?",
    Topic.RULES: r"rules?|how (do|does|to)|explain|help|play|game|reglas?|como (funciona|se juega|juego)|explica\w*|ayuda|jugar|juego",
    Topic.WHO: r"(who|what) are you|your name|are you|bot|robot|chatgpt|gpt|quien eres|que eres|como te llamas|eres",
    Topic.THANKS: r"thanks?|thank you|thx|gracias",
    Topic.GREETING: r"hi|hello|hey|good (morning|afternoon|evening)|hola|buen[oa]s|saludos",
}
"""Words of each, in English and Spanish, small and without accents; the first topic that has one is it."""

_TOPICS = [(topic, re.compile(rf"\b(?:{signs})\b")) for topic, signs in _SIGNS.items()]

WON = N_("Congratulations! This message won the pot: {prize} coins. You have {balance} now, and a new round has begun.")
LOST = N_("This message cost {price} and didn't win.")
I_AM = N_("I am the pot's built-in bot: a small program, not a person and not an AI model.")
I_KNOW = N_("I can talk about what messages cost, the pot, your chance, your coins, the rules, and limits and pauses.")
NOT_UNDERSTOOD = N_("I didn't understand this one.")
HELLO = N_("Hello!")
WELCOME = N_("You're welcome! There is no need to answer: every message costs coins.")
NEXT = N_("As things stand, your next message would cost {next_price}.")
HOLDS = N_("The pot holds {pot} coins. The message that wins takes all of it.")
CHANCE = N_("Its chance was {chance}.")
NEVER_DUE = N_("Each message is drawn for itself: however many were lost before, no win is ever due.")
FAIR = N_(
    "The draw was bound by a commitment before the round began. When the round ends its seed is revealed, and anyone can verify"
    " every draw under Rounds. I can neither see nor change it."
)
HAVE = N_("You have {balance} coins.")
ALLOWANCE = N_("Each week brings {allowance}, and fills your purse up to {up_to} at most.")
NO_ALLOWANCE = N_("There is no weekly allowance.")
WORTH = N_("Coins are for this game alone: they never become credits, points, vouchers or money.")
INTO_POT = N_("The price of each message goes into the pot. The message that wins takes all of it, and a new round begins.")
DAILY = N_("Nobody can put more than {limit} coins a day into it.")
STOPPING = N_("It is always fine to stop, and what you have stays yours.")
HOLD_BACK = N_(
    "Under Coins and limits you can set a daily limit of your own, which holds at once, or take a pause of up to {days} days. If the game"
    " worries you, talk with somebody you trust."
)


@dataclass(frozen=True, slots=True)
class Scene:
    """What a reply is made from: what happened, the rules in force, what the round that goes on is drawn by, and the language."""

    done: Paid
    rules: PotRules
    params: Params
    say: Say
    write: Write

    def tell(self, *sentences: str) -> str:
        """Sentences with their numbers, in the language."""
        done, write = self.done, self.write
        numbers = {
            "price": write(done.price),
            "next_price": write(done.next_price),
            "prize": write(done.prize),
            "pot": write(done.pot),
            "balance": write(done.balance),
        }
        return " ".join(self.say(sentence).format_map(numbers) for sentence in sentences)

    def terms(self) -> list[str]:
        """What the round is drawn by: of the price, of its resets, of the odds."""
        return terms_words(self.say, self.write, self.params)


def understand(words: str) -> Topic | None:
    """What a message is about, by the words in it; None where it is about nothing that the bot knows."""
    plain = unicodedata.normalize("NFKD", words[:READ].casefold())
    kept = "".join(character for character in plain if not unicodedata.combining(character))
    return next((topic for topic, signs in _TOPICS if signs.search(kept)), None)


def built_in_reply(topic: Topic | None, done: Paid, rules: PotRules, params: Params, *, language: str) -> str:
    """The reply to a paid message, from what happened. A win is told first.

    Args:
        rules: those in force.
        params: what the round that goes on now is drawn by.
        language: one that there is a catalogue of.
    """
    scene = Scene(done, rules, params, translations(language).gettext, partial(write_number, language=language))
    about = _ANSWERS[topic](scene) if topic else _about_nothing_known(scene)
    return f"{scene.tell(WON)} {about}".rstrip() if done.prize else about


def _lost(scene: Scene) -> str:
    """That it didn't win; nothing where it did, which is told already."""
    return "" if scene.done.prize else scene.tell(LOST)


def _joined(*parts: str) -> str:
    return " ".join(part for part in parts if part)


def _about_nothing_known(scene: Scene) -> str:
    return _joined(scene.tell(NOT_UNDERSTOOD, I_AM, I_KNOW), _lost(scene))


def _about_holding_back(scene: Scene) -> str:
    """Where to set limits. No word of what could be won."""
    return _joined(scene.tell(STOPPING), _daily(scene), scene.say(HOLD_BACK).format(days=MAX_PAUSE_DAYS))


def _about_winning(scene: Scene) -> str:
    return _joined(_lost(scene), _chance(scene), scene.tell(NEVER_DUE))


def _about_odds(scene: Scene) -> str:
    return _joined(_lost(scene), _chance(scene), scene.terms()[-1], scene.tell(NEVER_DUE, FAIR))


def _chance(scene: Scene) -> str:
    return scene.say(CHANCE).format(chance=odds_words(scene.say, scene.write, scene.done.ppm))


def _about_price(scene: Scene) -> str:
    return _joined(_lost(scene), scene.tell(NEXT), *scene.terms()[:-1])


def _about_coins(scene: Scene) -> str:
    rules, write = scene.rules, scene.write
    if rules.weekly_allowance:
        weekly = scene.say(ALLOWANCE).format(allowance=write(rules.weekly_allowance), up_to=write(rules.allowance_up_to))
    else:
        weekly = scene.say(NO_ALLOWANCE)
    return _joined(_lost(scene), scene.tell(HAVE), weekly, scene.tell(WORTH))


def _about_pot(scene: Scene) -> str:
    return _joined(_lost(scene), scene.tell(HOLDS))


def _about_rules(scene: Scene) -> str:
    return _joined(scene.tell(INTO_POT), *scene.terms(), _daily(scene), scene.tell(WORTH), _lost(scene))


def _daily(scene: Scene) -> str:
    limit = scene.rules.daily_limit
    return "" if limit is None else scene.say(DAILY).format(limit=scene.write(limit))


def _about_itself(scene: Scene) -> str:
    return _joined(scene.tell(I_AM, I_KNOW), _lost(scene))


def _thanked(scene: Scene) -> str:
    return _joined(scene.tell(WELCOME), _lost(scene))


def _greeted(scene: Scene) -> str:
    return _joined(scene.tell(HELLO, I_AM), _lost(scene), scene.tell(I_KNOW))


_ANSWERS: dict[Topic, Callable[[Scene], str]] = {
    Topic.HOLDING_BACK: _about_holding_back,
    Topic.WON: _about_winning,
    Topic.ODDS: _about_odds,
    Topic.PRICE: _about_price,
    Topic.COINS: _about_coins,
    Topic.POT: _about_pot,
    Topic.RULES: _about_rules,
    Topic.WHO: _about_itself,
    Topic.THANKS: _thanked,
    Topic.GREETING: _greeted,
}
