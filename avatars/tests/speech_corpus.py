"""Text with every sound of the three languages: pangrams, minimal pairs, borrowed words."""

CORPUS = {
    "ru": """Съешь же ещё этих мягких французских булок, да выпей чаю. Мама мыла раму. Расскажите о вашем опыте работы с
базами данных. Цапля, щука, вьюга, объезд, ёж, юг, яблоко, хлеб, хитрый, гений, жюри, шёпот, поэт, тётя, дядя,
няня, лёд, мёд, пёс, фён, вечер, зять, кит, гид, бить, пить, рис, сесть, нож, дождь, вожжи, отца, идти, лифт,
афганец, сгиб, отдел, мюсли, бюро, сюжет, люстра, тюль, дюна, кювет, ряд, ночь, вещь, экзамен, музыка, рыба,
дышать. Из-за, счастье, ходьба, просьба, вокзал, рюкзак. Рожь, подьячий, чёрт, вязь, якорь, лечь, сшить,
изжога, жёлтый, цирк, бог, мягкий, подвиг, майор, район, Нью-Йорк, Python и API.""",
    "en": """The quick brown fox jumps over the lazy dog. Please tell me about your experience with databases. Measure the
pleasure of vision. She sells sea shells by the sea shore. Judge church yellow thing, this bath, path, book,
boot, bird, about, boy, cow, cake, go, ear, air, tour, fire, hour, higher, player, lower, button, bottle,
little, sing, finger, uncle, hot, law, car, father, cup, butter, water, city, happy, computer, nurse, near,
square, poor, cure, mature, loch, human, huge, cube, queue, white, when, ladder, latter, writer, rider, milk,
feel, pool, world, girl, bottom, rhythm, prism, uh-oh, genre, croissant, jalapeño.""",
    "kk": """Қайырлы күн! Сіздің тәжірибеңіз туралы айтып беріңізші. Әсел, ғылым, қала, жаңа, өмір, ұшақ, үй, қаһарман, іс.
Мен сізді тыңдап тұрмын, асықпаңыз. Бұл сұрақ маңызды. Шай, щи, цирк, чек, фабрика, вагон, хат, эшелон, юрист,
яғни, ёлка, объект, мысал, жұлдыз, дүние, сөйлеу, келу, бару, тау, суық, уақыт, өкіл, көпір, гүл, зат, рахмет,
пайда, тіл, нан, доп, джинсы, Python. Қызметкерлермен жұмыс істеу, бағдарламалау, мәліметтер қоры, өндіріс,
кәсіпорын, басқарушы, ынтымақтастық.""",
}
