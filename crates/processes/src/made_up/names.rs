//! Names of people who never lived: common forenames, surnames and streets, chosen by us.

/// Forenames of girls and women.
pub const GIRLS: [&str; 48] = [
    "Amy", "Olivia", "Aisha", "Grace", "Zofia", "Lily", "Chloe", "Fatima", "Emma", "Hannah", "Maya", "Ruby", "Sana", "Kasia", "Megan",
    "Bethan", "Ella", "Ngozi", "Priya", "Rosie", "Sophie", "Leila", "Isla", "Freya", "Harpreet", "Amina", "Daisy", "Molly", "Nadia",
    "Carys", "Eve", "Hodan", "Ivy", "Jess", "Katie", "Lucy", "Małgorzata", "Nia", "Orla", "Poppy", "Rania", "Siân", "Tara", "Una",
    "Violet", "Wendy", "Yasmin", "Zara",
];
/// Forenames of boys and men.
pub const BOYS: [&str; 48] = [
    "Josh", "Adam", "Mohammed", "Jack", "Piotr", "Daniel", "Omar", "Leo", "Harry", "Callum", "Yusuf", "Oscar", "Ryan", "Tomasz", "Ben",
    "Dylan", "Chidi", "Arjan", "Noah", "Ethan", "Ibrahim", "Luke", "Mason", "Owen", "Rhys", "Sam", "Tariq", "Kofi", "Alfie", "Bilal",
    "Connor", "David", "Ewan", "Finn", "George", "Hamza", "Ivan", "Jakub", "Kai", "Liam", "Max", "Nathan", "Ollie", "Paul", "Reece",
    "Stefan", "Theo", "Will",
];
/// Surnames.
pub const SURNAMES: [&str; 64] = [
    "Barlow", "Khan", "Hartley", "Ahmed", "Sutcliffe", "Kowalski", "Patel", "Greenwood", "Hussain", "Walker", "Okafor", "Murray",
    "Nowak", "Singh", "Fletcher", "Begum", "Haigh", "O’Neill", "Farah", "Jones", "Ramsden", "Malik", "Crossley", "Wright", "Mensah",
    "Pickles", "Ali", "Whitaker", "Shah", "Holroyd", "Popescu", "Davies", "Marsden", "Iqbal", "Firth", "Chen", "Ackroyd", "Mahmood",
    "Hughes", "Sharma", "Broadbent", "Akhtar", "Wood", "Ibrahim", "Priestley", "Rossi", "Clegg", "Chaudhry", "Evans", "Illingworth",
    "Hassan", "Naylor", "Kaur", "Tordoff", "Osei", "Bairstow", "Rahman", "Wilkinson", "Mirza", "Dewhirst", "Adeyemi", "Smith-Jones",
    "Feather", "Zieliński",
];
/// Streets.
pub const STREETS: [&str; 32] = [
    "Hill Street", "Mill Lane", "Station Road", "Chapel Row", "Park View", "Canal Terrace", "Church Close", "Albert Road", "Moor Lane",
    "Victoria Street", "Ash Grove", "Bridge Street", "Cross Lane", "Dale Avenue", "Elm Court", "Field Head", "Green Bank", "High Street",
    "Ivy Terrace", "Jubilee Way", "Kiln Road", "Low Fold", "Manor Drive", "North Parade", "Oak Crescent", "Pinfold", "Quarry Hill",
    "Rose Mount", "South View", "Town Gate", "Upper Green", "Well Lane",
];
/// Towns with the beginning of their postcodes.
pub const TOWNS: [(&str, &str); 8] = [
    ("Shipley", "BD18"), ("Keighley", "BD21"), ("Bingley", "BD16"), ("Halifax", "HX1"), ("Brighouse", "HD6"), ("Batley", "WF17"),
    ("Otley", "LS21"), ("Pudsey", "LS28"),
];
