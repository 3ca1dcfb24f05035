//! Invented names, streets and places for the demo's people. Nobody real; combinations are chosen by the seed.

/// Family names.
pub const LAST: [&str; 48] = [
    "Abernethy", "Bramwell", "Calloway", "Dunmore", "Eastlake", "Fairweather", "Gladstone", "Hollis", "Ingram", "Jessup", "Kestrel",
    "Lockhart", "Merriweather", "Northcott", "Okonjo", "Pemberton", "Quintero", "Ravenel", "Sotomura", "Thackeray", "Underhill",
    "Valderrama", "Whitlock", "Xiong", "Yarborough", "Zielinska", "Ashdown", "Birchall", "Castellane", "Delacroix", "Endicott",
    "Farrow", "Goldfinch", "Harrowgate", "Ibarrola", "Juniper", "Kowalczyk", "Larkin", "Montclair", "Nakagawa", "Oyelaran",
    "Prendergast", "Quimby", "Rosewood", "Saltonstall", "Tremaine", "Vasquero", "Winterbourne",
];

/// Given names of women and girls.
pub const FIRST_FEMALE: [&str; 30] = [
    "Ada", "Beatriz", "Clementine", "Delphine", "Esme", "Frieda", "Greta", "Harriet", "Imogen", "Josefina", "Katya", "Leonora", "Marisol",
    "Nadia", "Ottilie", "Priya", "Rosalind", "Saoirse", "Tabitha", "Ursula", "Viola", "Winifred", "Xiomara", "Yasmin", "Zora", "Annika",
    "Briony", "Cordelia", "Dagny", "Eulalia",
];

/// Given names of men and boys.
pub const FIRST_MALE: [&str; 30] = [
    "Ambrose", "Barnaby", "Cassius", "Dmitri", "Emeka", "Fergus", "Gideon", "Horatio", "Ignacio", "Jasper", "Kenji", "Leopold", "Matteo",
    "Nikolai", "Octavian", "Percival", "Quentin", "Rafferty", "Silas", "Thaddeus", "Ulrich", "Valentin", "Wendell", "Xavier", "Yusuf",
    "Zebedee", "Alaric", "Bartholomew", "Cedric", "Dashiell",
];

/// Streets of the town.
pub const STREETS: [&str; 16] = [
    "Larkspur Avenue", "Millrace Lane", "Copper Beech Road", "Foundry Street", "Willow Bend", "Old Ferry Road", "Chapel Hill Drive",
    "Saltmarsh Way", "Orchard Terrace", "Granary Row", "Kingfisher Court", "Paddock Lane", "Ropewalk Street", "Juniper Close",
    "Lantern Hill", "Weaver Street",
];

/// The towns around the practice: city and five-digit ZIP.
pub const TOWNS: [(&str, &str); 4] = [("Springfield", "62701"), ("Springfield", "62703"), ("Chatham", "62629"), ("Rochester", "62563")];

/// The state all of it lies in.
pub const STATE: &str = "IL";
