/**
 * What the passwords that are guessed first are made of: words, names and teams of the lists that leaked, in lower case, and
 * the words of this console, its roles and its trade. Digits, years, dates, repetitions and walks over the keyboard are known
 * by rule, in `lib/auth/common-password.ts`.
 */
const leaked = `
password passwort passwd passw pass word passe passcode parola contrasena senha secret secure security login logon signin
letmein let me in open sesame welcome hello hallo hola hey test testing tester guest user username admin administrator root
master system server computer internet network windows linux google facebook apple samsung microsoft default temp temporary
change changeme please access account private public office work manager money dollar bank
love lover loveme iloveyou loveyou you my the this that and for baby babe babygirl babyboy angel angels sweet sweetie sweetheart
honey heart kiss kisses hug darling princess prince queen king forever always together family mother mom mama daddy father dad
papa brother sister boy girl girls boys man woman wife husband friend friends bestfriend
fuck fucker fucking fuckyou fuckoff shit bitch asshole sex sexy pussy dick cock naked porn motherfucker bastard
monkey dragon tiger lion bear wolf eagle falcon hawk shark panther cobra horse dog doggy dogs cat cats kitty kitten puppy rabbit
bunny chicken turkey duck pig cow mouse mickey minnie snoopy garfield pokemon pikachu donald hellokitty spider snake fish dolphin
butterfly unicorn phoenix turtle panda
football baseball basketball softball hockey soccer tennis golf volleyball rugby cricket swimming fishing hunting running skate
surfing dancer dance gymnast wrestling boxing racing racer champion winner player players gamer game games playboy
liverpool arsenal chelsea manchester united barcelona madrid real juventus milan inter bayern dortmund celtic rangers everton
tottenham newcastle boca river yankees cowboys steelers lakers packers patriots redsox eagles giants raiders broncos
superman batman spiderman ironman starwars star wars startrek trek matrix harry potter hogwarts gandalf frodo hobbit naruto
minecraft fortnite roblox mario zelda sonic warcraft counter strike legend legends hero heroes ninja samurai warrior knight wizard
magic magical mystic merlin shadow ghost devil demon satan vampire zombie monster killer hunter sniper soldier army marine navy
blood death dead dark darkness black white red blue green yellow orange purple pink silver gold golden diamond crystal pearl
rainbow sunshine sunny summer winter spring autumn january february march april june july august september october november
december monday tuesday wednesday thursday friday saturday sunday today tomorrow yesterday morning night midnight weekend holiday
christmas easter halloween birthday happy happiness smile smiley funny lucky luck freedom peace hope faith trust believe dream
dreams dreamer life live living beautiful beauty lovely pretty cute hot cool awesome amazing perfect special super great best
good bad crazy mad fun party beer vodka whiskey pizza burger cookie cookies chocolate candy sugar cherry apple banana strawberry
orange lemon peach coffee butter cheese pepper ginger flower flowers rose lily daisy jasmine violet garden tree forest mountain
ocean beach water fire flame thunder lightning storm rain snow snowball ice earth moon moonlight sun star stars starlight sky
heaven planet world universe space galaxy rocket
jesus christ jesuschrist god godisgood lord bible church blessed grace amen islam allah muslim buddha
music guitar piano drums rock rockstar metal metallica nirvana slipknot eminem tupac hiphop blink greenday linkin park beatles
elvis madonna shakira rihanna beyonce bieber justin
america american canada mexico mexican brazil brasil argentina england english london britain scotland ireland irish france
french paris germany berlin deutschland italia italy spain espana russia russian moscow india indian china japan tokyo australia
sydney africa texas florida california dallas chicago boston newyork york vegas houston jacksonville
ferrari porsche mercedes bmw audi honda toyota nissan mustang camaro corvette chevy chevrolet ford harley yamaha kawasaki suzuki
jordan nike adidas nintendo playstation xbox
michael jennifer jessica ashley daniel david robert john thomas william james joseph charles christopher matthew anthony andrew
joshua brandon nicholas alexander alex alexandra alexis amanda samantha stephanie melissa nicole michelle elizabeth rebecca laura
sarah hannah emily emma olivia sophia sophie isabella charlotte victoria natalie natasha vanessa veronica patricia barbara maria
marie mary anna andrea angela angelina angelica amber britney brittany caroline catherine katherine chelsea christian christina
christine claudia cynthia danielle diana dakota dennis edward eric george gabriel gabriela greg harry heather henry jack jackson
jackie jacob jake jason jasper jeremy johnny jonathan jose juan julian julia justine kevin kimberly kristina lauren linda louise
lucas lucy luis madison maggie marcus margaret martin martina max maxwell megan miguel monica morgan nathan oliver oscar pamela
patrick paul peter philip rachel richard ricky robin roberto ronald ruby ryan sabrina sam samuel sandra sara scott sebastian
shannon simon stephen steven sunny susan taylor teresa theresa tiffany tigger timothy tyler valentina victor vincent walter
wendy yvonne zachary zoe sergey andrey alexey dmitry ivan natalia carlos fernando francisco eduardo ricardo alejandro alejandra
mohamed mohammed muhammad ahmed ali hassan fatima ayesha
buster bailey charlie rocky molly daisy lucky princess cooper shelby peanut pumpkin precious casper scooter boomer bubba cowboy
chester hammer mustang maverick trustno trustnoone whatever nothing something anything everything someone anyone nobody
qwerty qwertz azerty asdf zxcv abc alpha beta gamma delta omega one two three four five six seven eight nine ten zero number
first last next only mine yours home house school college student teacher doctor nurse police engineer captain boss chief
professional interesting understand unbelievable international information technology business company enterprise
`;

/** Of this console: what it is called, who works with it and on what. Refused in passwords like the others. */
const ours = `
holdpoint hold point demo console workspace workflow workflows order orders queue review reviewer reviewers request requester
requests supervisor auditor audit operator operations approve approved approval reject rejected decide decision carrier dispatch
delivery shipping shipment customer customers escalation policy invoice
`;

export const commonWords: ReadonlySet<string> = new Set(`${leaked} ${ours}`.trim().split(/\s+/));
