"""Facts of the GIFT format: short examples, and what each of them says.

From Moodle's documentation (https://docs.moodle.org/en/GIFT_format), the help page that came before it
(lang/en/help/quiz/formatgift.html) and the file of examples that Moodle ships with its reader
(question/format/gift/examples.txt). Some are shortened, and the one with a comment of its own is ours.
"""

TRUE_FALSE = {
    "// true/false\n::Q1:: 1+1=2 {T}": True,
    "Grant is buried in Grant's tomb.{F}": False,
    "Grant is buried in Grant's tomb.{FALSE}": False,
    "::TrueStatement about Grant::Grant was buried in a tomb in New York City.{T}": True,
    "::FalseStatement about sun::The sun rises in the West.{FALSE}": False,
    "The sun rises in the east.{TRUE}": True,
    "Grant is buried in Grant's tomb.{FALSE#No one is buried in Grant's tomb.}": False,
    "Grant is buried in Grant's tomb.{FALSE#Wrong, No one is.#Right, well done.}": False,
}

SINGLE_CHOICE = {
    "Who's buried in Grant's tomb?{~Grant ~Jefferson =no one}": ("no one", ("Grant", "Jefferson")),
    "Grant is {~buried =entombed ~living} in Grant's tomb.": ("entombed", ("buried", "living")),
    "// multiple choice with specified feedback\n::Q2:: What's between orange and green in the spectrum?\n"
    "{ =yellow # right; good! ~red # wrong, it's yellow ~blue # wrong, it's yellow }": (
        "yellow",
        ("red", "blue"),
    ),
    "::Grants tomb::Who is buried in Grant's tomb in New York City? {\n=Grant\n~No one\n"
    "#Was true for 12 years, but Grant's remains were buried in the tomb in 1897\n~Napoleon\n"
    "#He was buried in France\n~Churchill\n#He was buried in England\n}": (
        "Grant",
        ("No one", "Napoleon", "Churchill"),
    ),
    "The American holiday of Thanksgiving is celebrated on the {\n\t~second\n\t~third\n\t=fourth\n"
    "} Thursday of November.": ("fourth", ("second", "third")),
    "Japanese characters originally came from what country? {\n  ~India\n  =China\n  ~Korea\n  ~Egypt}": (
        "China",
        ("India", "Korea", "Egypt"),
    ),
    "::Thanksgiving Date::The American holiday of Thanksgiving is\n"
    "celebrated on the {~second ~third =fourth} Thursday of November.": (
        "fourth",
        ("second", "third"),
    ),
    "Moodle costs {~lots of money =nothing ~a small amount} to download from moodle.org.": (
        "nothing",
        ("lots of money", "a small amount"),
    ),
    "What's the answer to this multiple-choice question?{\n~wrong answer#feedback on the wrong answer\n"
    "~another wrong answer#feedback on this wrong answer\n=right answer#Very good!}": (
        "right answer",
        ("wrong answer", "another wrong answer"),
    ),
    "Difficult question.{~wrong answer ~%50%half credit answer =full credit answer}": (
        "full credit answer",
        ("wrong answer", "half credit answer"),
    ),
    "::Jesus' hometown::Jesus Christ was from {\n  ~Jerusalem#This was an important city.\n"
    "  ~%25%Bethlehem#He was born here, but not raised here.\n"
    "  ~%50%Galilee#You need to be more specific.\n  =Nazareth#Yes! That's right!}.": (
        "Nazareth",
        ("Jerusalem", "Bethlehem", "Galilee"),
    ),
    "Which answer equals 5? {\n ~ \\= 2 + 2\n = \\= 2 + 3\n ~ \\= 2 + 4  }": (
        "= 2 + 3",
        ("= 2 + 2", "= 2 + 4"),
    ),
    "::GIFT Control Characters::\nWhich of the following is NOT a control character? {\n"
    "  ~ \\~     # \\~ is a control character.\n  ~ \\=     # \\= is a control character.\n"
    "  ~ \\#     # \\# is a control character.\n  ~ \\{     # \\{ is a control character.\n"
    "  ~ \\}     # \\} is a control character.\n  = \\\\     # Correct! \\\\ (backslash) is not one. BUT,\n"
    "     it is used to escape the control characters.\n}": ("\\", ("~", "=", "#", "{", "}")),
}

MULTIPLE_CHOICE = {
    "What two people are entombed in Grant's tomb? {\n  ~No one\n  ~%50%Grant\n  ~%50%Grant's wife\n"
    "  ~Grant's father }": (("Grant", "Grant's wife"), ("No one", "Grant's father")),
    "What two people are entombed in Grant's tomb? {\n  ~%-100%No one\n  ~%50%Grant\n"
    "  ~%50%Grant's wife\n  ~%-100%Grant's father\n}": (
        ("Grant", "Grant's wife"),
        ("No one", "Grant's father"),
    ),
}

SHORT_TEXT = {
    "Who's buried in Grant's tomb?{=no one =nobody}": ("no one", "nobody"),
    "Who's buried in Grant's tomb?{=Grant =Ulysses S. Grant =Ulysses Grant}": (
        "Grant",
        "Ulysses S. Grant",
        "Ulysses Grant",
    ),
    "// fill-in-the-blank\n::Q3:: Two plus {=two =2} equals four.": ("two", "2"),
    "Two plus two equals {=four =4}.": ("four", "4"),
    # One answer may go without its sign, unless it looks like true or false.
    "Three plus one equals {four}": ("four",),
    "::Kanji Origins::Japanese characters originally\ncame from what country? {=China}": ("China",),
    "Who's buried in Grant's tomb?{\n=no one#excellent answer!\n=nobody#excellent answer!}": (
        "no one",
        "nobody",
    ),
    "[markdown]Who's buried in **Grant's tomb**?{\n=no one#excellent!\n=nobody#excellent!}": (
        "no one",
        "nobody",
    ),
    "::Jesus' hometown:: Jesus Christ was from {\n  =Nazareth#Yes! That's right!\n"
    "  =%75%Nazereth#Right, but misspelled.\n  =%25%Bethlehem#He was born here.}": ("Nazareth",),
}

NUMBER = {
    "When was Ulysses S. Grant born?{#1822:5}": (1822, 5),
    "When was Ulysses S. Grant born? {#1822}": (1822, 0),
    "What is the value of pi (to 3 decimal places)? {#3.1415:0.0005}.": (3.1415, 0.0005),
    "What is the value of pi (to 3 decimal places)? {#3.141..3.142}.": (3.1415, 0.0005),
    "// math range question\n::Q5:: What is a number from 1 to 5? {#3:2}": (3, 2),
    "// math range specified with interval end points\n::Q6:: What is a number from 1 to 5? {#1..5}\n"
    "// translated on import to the same as Q5": (3, 2),
    "::Q7:: When was Ulysses S. Grant born? {#\n  =1822:0      # Correct! Full credit.\n"
    "  =%50%1822:2  # He was born in 1822. Half credit for being close.\n}": (1822, 0),
    "// Subheading: Numerical questions below\nWhat's 2 plus 2? {#4}": (4, 0),
}

MATCHING = {
    "// matching\n::Q4:: Which animal eats which food? { =cat -> cat food =dog -> dog food }": (
        ("cat", "cat food"),
        ("dog", "dog food"),
    ),
    "Match the following countries with their corresponding\n"
    "capitals.{=Canada->Ottawa =Italy  ->  Rome =Japan->Tokyo}": (
        ("Canada", "Ottawa"),
        ("Italy", "Rome"),
        ("Japan", "Tokyo"),
    ),
}

ESSAYS = ("// essay\n::Q8:: How are you? {}", "Write a short biography of Dag Hammarskjöld. {}")

DESCRIPTIONS = ("You can use your pencil and paper for these next math questions.",)

NOTHING = ("$CATEGORY: tom/dick/harry", "// a comment\n\n\n  // and another", "", " \n\t\r\n")

QUESTIONS = (
    *(*TRUE_FALSE, *SINGLE_CHOICE, *MULTIPLE_CHOICE, *SHORT_TEXT, *NUMBER),
    *(*MATCHING, *ESSAYS, *DESCRIPTIONS),
)
