/** UTF-16 codes of the characters that markup is made of (XML 1.0 §2.3 to §3.1). */
export const exclamation = 33;
export const doubleQuote = 34;
export const singleQuote = 39;
export const slash = 47;
export const colon = 58;
export const less = 60;
export const equals = 61;
export const greater = 62;
export const question = 63;
export const letterX = 120;
