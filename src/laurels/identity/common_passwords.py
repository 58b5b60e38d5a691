"""The commonest passwords that are long enough to pass for one: what a guesser tries first."""

_LISTED = """
0000000000 00000000000 000000000000 0123456789 01234567890 0987654321 1029384756 1111111111 11111111111 111111111111
1111122222 1112223334 1122334455 112233445566 1212121212 121212121212 123123123123 1231231234 1231231231 1234512345
1234554321 1234561234 123456123456 1234567890 12345678900 12345678901 123456789012 1234567890123 12345678910
1234567891011 123456789a 123456789abc 123456789q 123456789qwerty 123456789z 1234567899 1234567898765 123456abcd
123456qwerty 1234abcd1234 12qwaszx12 1357924680 1472583690 147258369147 159753159753 1q2w3e4r5t 1q2w3e4r5t6y
1q2w3e4r5t6y7u 1q2w3e4r5t6y7u8i 1qaz2wsx3edc 1qaz2wsx3edc4rfv 1qazxsw23edc 2222222222 3333333333 4444444444
5555555555 6666666666 7777777777 8888888888 9876543210 987654321a 9999999999 a123456789 a1b2c3d4e5 a1b2c3d4e5f6
aa12345678 aaaaaaaaaa abc1234567 abc123456789 abcd123456 abcd1234abcd abcde12345 abcdef1234 abcdef123456 abcdefghij
abcdefghijk abcdefghijkl adminadmin administrator administrator1 adminadmin123 asdasdasdasd asdf123456 asdfasdfasdf
asdfghjkl1 asdfghjkl123 asdfghjkl; asdfghjklqwertyuiop azertyuiop azertyuiop123 basketball baseball123 butterfly1
changeme12 changeme123 changeme1234 changemenow chocolate1 computer123 contraseña contrasena contraseña1 contrasena1
contrasena123 default123 defaultpassword dragonball dragonballz football12 football123 friends123 helloworld
helloworld1 iloveyou12 iloveyou123 iloveyou1234 letmein123 letmein1234 liverpool1 liverpoolfc manchester
master1234 michael123 monkey1234 motdepasse motdepasse1 p@ssw0rd12 p@ssw0rd123 p@ssword123 passpasspass passw0rd12
passw0rd123 passw0rd1234 password00 password01 password10 password11 password12 password123 password123! password1234
password12345 password123456 password2024 password2025 password2026 password!1 password!123 password@1
password@123 passwordpassword pokemon123 princess12 princess123 q1w2e3r4t5 q1w2e3r4t5y6 qazwsxedc1 qazwsxedc123
qazwsxedcrfv qwe123qwe123 qweasdzxc1 qweasdzxc123 qwert12345 qwerty1234 qwerty12345 qwerty123456 qwerty1234567
qwerty123456789 qwertyqwerty qwertyuiop qwertyuiop1 qwertyuiop12 qwertyuiop123 qwertyuiop[] qwertyuiopasdfghjkl
rootrootroot samsung123 skateboard spiderman1 starwars12 starwars123 student123 student1234 studentstudent summer2024
summer2025 summer2026 sunshine12 sunshine123 superman12 superman123 test123456 test1234567 test12345678 testpassword
testtesttest university university1 university123 volleyball welcome123 welcome1234 welcome2024 welcome2025 welcome2026
winter2025 winter2026 zaq12wsxcde3 zxcvbnm123 zxcvbnm1234 zxcvbnmasdfghjkl
"""

COMMON_PASSWORDS = frozenset(_LISTED.split())
"""Folded to lower case; only those of at least ten characters, as shorter ones are refused anyway."""
