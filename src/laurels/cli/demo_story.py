"""What the demo's community is made of: people, values, and what they thank each other for."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody of the demo; `warmth` is how often they thank, `help` how often they are thanked."""

    student_id: str
    username: str
    full_name: str
    display_name: str
    warmth: int
    help: int
    role: str = "member"


PEOPLE = (
    Person("S-1001", "priya", "Priya Raman", "Priya Raman", 9, 8),
    Person("S-1002", "jonas", "Jonas Weber", "Jonas Weber", 6, 9),
    Person("S-1003", "amara", "Amara Okafor", "Amara Okafor", 8, 12),
    Person("S-1004", "mateo", "Mateo Fernández Gil", "Mateo Fernández", 5, 6),
    Person("S-1005", "yuki", "Yuki Tanaka", "Yuki Tanaka", 7, 10),
    Person("S-1006", "leila", "Leila Haddad", "Leila Haddad", 6, 5),
    Person("S-1007", "tomasz", "Tomasz Kowalczyk", "Tomasz Kowalczyk", 4, 4),
    Person("S-1008", "ngozi", "Ngozi Eze", "Ngozi Eze", 5, 7),
    Person("S-1009", "linh", "Nguyễn Thùy Linh", "Thùy Linh", 7, 6),
    Person("S-1010", "oscar", "Oscar Lindqvist", "Oscar Lindqvist", 3, 3),
    Person("S-1011", "fatima", "Fatima Zahra Benali", "Fatima Zahra", 6, 8),
    Person("S-1012", "arjun", "Arjun Mehta", "Arjun Mehta", 8, 5),
    Person("S-1013", "chloe", "Chloé Dubois", "Chloé Dubois", 5, 6),
    Person("S-1014", "kwame", "Kwame Mensah", "Kwame Mensah", 4, 7),
    Person("S-1015", "sofia", "Sofía Morales Ruiz", "Sofía Morales", 7, 4),
    Person("S-1016", "wei", "陈伟", "陈伟 (Wei Chen)", 5, 9),
    Person("S-1017", "aoife", "Aoife O’Connor", "Aoife O’Connor", 6, 5),
    Person("S-1018", "davit", "Davit Petrosyan", "Davit Petrosyan", 3, 4),
    Person("S-1019", "zara", "Zara Ahmed", "Zara Ahmed", 6, 6),
    Person("S-1020", "lucas", "Lucas Almeida", "Lucas Almeida", 4, 3),
    Person("S-1021", "hana", "Hana Nováková", "Hana Nováková", 5, 5),
    Person("S-1022", "ibrahim", "إبراهيم منصور", "إبراهيم (Ibrahim)", 4, 6),
    Person("T-0007", "sam", "Samuel Okello", "Sam Okello", 5, 4, "staff"),
    Person("T-0001", "ada", "Ada Marín", "Ada Marín", 3, 3, "admin"),
)

VALUES = ("Teamwork", "Curiosity", "Leadership", "Kindness", "Craft", "Perseverance")

TOPICS = (
    "recursion",
    "eigenvectors",
    "the Krebs cycle",
    "SQL joins",
    "the bridge model",
    "our physics report",
    "partial fractions",
    "the robotics demo",
    "Keynes against Hayek",
    "the chemistry lab",
    "my thesis outline",
    "the debate final",
    "probability trees",
    "the garden sensors",
)
"""What a thanks is about; it stands in its place `{topic}`."""

THANKS: tuple[tuple[str, str], ...] = (
    ("Teamwork", "You took the dull half of {topic} so that the rest of us could shine. I noticed!"),
    ("Teamwork", "We were three people short for {topic}, and you simply stayed. Thank you."),
    ("Teamwork", "Sharing your notes on {topic} saved the whole group a weekend."),
    ("Teamwork", "Splitting {topic} with you was the smoothest group work I have had this term."),
    ("Teamwork", "You merged four versions of {topic} at midnight without one complaint."),
    ("Curiosity", "Your question about {topic} changed how I see it. I have been reading ever since."),
    ("Curiosity", "Thank you for not letting {topic} go until we both understood it."),
    ("Curiosity", "You found the paper on {topic} that nobody else had looked for."),
    ("Curiosity", "“But why?” – best question of the seminar. {topic} finally makes sense."),
    ("Leadership", "You kept us calm when {topic} fell apart an hour before we presented."),
    ("Leadership", "You asked everyone what they needed for {topic} before deciding. More of that, please."),
    ("Leadership", "The plan you drew for {topic} got us there two days early."),
    ("Leadership", "Thank you for speaking up for the first-years when {topic} was handed out."),
    ("Kindness", "You saw that I was lost with {topic} and sat down without being asked."),
    ("Kindness", "Soup, notes on {topic}, and not a word about my missing the deadline. You are gold."),
    ("Kindness", "Thank you for explaining {topic} a fourth time as if it were the first."),
    ("Kindness", "You made the new students feel at home while we worked on {topic}."),
    ("Kindness", "Your message before {topic} was exactly what I needed to hear."),
    ("Craft", "The figures you drew for {topic} belong in a textbook."),
    ("Craft", "I read your code for {topic} to learn how to write mine. So clear!"),
    ("Craft", "You caught the sign error in {topic} that three of us had looked straight through."),
    ("Craft", "The way you wrote up {topic} is now what I compare my own reports with."),
    ("Perseverance", "Eleven failed runs of {topic}, and you set up the twelfth. It worked!"),
    ("Perseverance", "You came back to {topic} every evening for two weeks. That was a pleasure to watch."),
    ("Perseverance", "I was ready to give up on {topic}. You weren't. Thank you."),
)
"""Pairs of a value and words."""

PLAIN_THANKS = (
    "Thank you for the lift after the late lab!",
    "You were right about the second source. Thank you.",
    "Thanks for proofreading – all of it!",
    "For the coffee, and for listening.",
)
"""Thanks that name no value."""
