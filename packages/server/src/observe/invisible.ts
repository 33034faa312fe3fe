/** Scripts in which a joiner between two letters changes how a word is written, as in Persian and Hindi. */
const joining =
  '\\p{scx=Arab}\\p{scx=Syrc}\\p{scx=Mong}\\p{scx=Nkoo}\\p{scx=Deva}\\p{scx=Beng}\\p{scx=Guru}\\p{scx=Gujr}\\p{scx=Orya}' +
  '\\p{scx=Taml}\\p{scx=Telu}\\p{scx=Knda}\\p{scx=Mlym}\\p{scx=Sinh}\\p{scx=Khmr}\\p{scx=Mymr}\\p{scx=Tibt}'

/** Invisible characters that text needs: one at a time, and only where the script or the emoji sequence needs it. */
const needed = [
  // ZWNJ and ZWJ between letters of a joining script (RFC 5892 appendix A.1 and A.2).
  `(?<=[${joining}])[\\u200c\\u200d](?=[${joining}])`,
  // Emoji ZWJ sequences and presentation selectors (UTS #51 section 1.4): families, professions, hearts, keycaps.
  '(?<=[\\p{Extended_Pictographic}\\p{Emoji_Modifier}\\ufe0f])\\u200d(?=\\p{Extended_Pictographic})',
  '(?<=\\p{Extended_Pictographic})[\\ufe0e\\ufe0f]',
  '(?<=[0-9#*])\\ufe0f(?=\\u20e3)',
  // Mongolian variation selectors and vowel separator.
  '(?<=\\p{sc=Mong})[\\u180b-\\u180f]',
  // A soft hyphen inside a word.
  '(?<=[\\p{L}\\p{M}])\\u00ad(?=\\p{L})',
]

/**
 * Code points that a model reads and a person does not see (Unicode Standard annex 44): controls, lone surrogates, line and
 * paragraph separators, everything that is ignorable by default (directions, tags, variation selectors, fillers, zero width),
 * interlinear annotations, noncharacters, and the braille blank.
 */
const invisible =
  '[\\p{Cc}\\p{Cs}\\p{Zl}\\p{Zp}\\p{Default_Ignorable_Code_Point}\\p{Noncharacter_Code_Point}\\ufff9-\\ufffb\\u2800]'

const invisibleOrNeeded = new RegExp(`(${needed.join('|')})|${invisible}`, 'gu')

/** Removes what a person cannot see; tab, line feed and what scripts and emoji need stay. */
export function withoutInvisible(text: string): string {
  return text.replace(invisibleOrNeeded, (character, kept?: string) =>
    kept !== undefined || character === '\n' || character === '\t' ? character : '',
  )
}
