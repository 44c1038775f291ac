import { OcppError } from '../../ocpp/errors.ts';

/** XML 1.0 §2.2: what no document can carry, not even as a reference. */
// oxlint-disable-next-line no-control-regex -- these are what is looked for
const unspeakable = /[\0-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]|\p{Surrogate}/u;
const suspect = /[^\t\n -\x7e]|[<>&]/;
const special = /[<>&\r]/g;

/**
 * Text of an element. `field` names it in the PropertyConstraintViolation that a character outside XML 1.0 (U+0001 from
 * a JSON string, half a surrogate pair) throws. CR becomes a reference, since a literal one would be read as LF.
 */
export function escapeText(text: string, field: string): string {
  if (!suspect.test(text)) return text;
  if (unspeakable.test(text)) {
    throw new OcppError('PropertyConstraintViolation', `${field}: holds a character that XML cannot carry`, {
      details: { field },
    });
  }
  return text.replace(special, escapeCharacter);
}

/** As escapeText, for a value in double quotes. */
export function escapeAttribute(text: string, field: string): string {
  return escapeText(text, field).replace(/["\t\n]/g, (character) => `&#${character.charCodeAt(0)};`);
}

function escapeCharacter(character: string): string {
  switch (character) {
    case '<':
      return '&lt;';
    case '>':
      return '&gt;';
    case '&':
      return '&amp;';
    default:
      return '&#13;';
  }
}
