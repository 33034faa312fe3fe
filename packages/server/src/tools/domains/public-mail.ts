/** The largest providers where everybody can have an address. Scalekit knows more. */
const PUBLIC = new Set(
  `gmail.com googlemail.com outlook.com hotmail.com hotmail.co.uk hotmail.fr live.com msn.com
  yahoo.com yahoo.co.uk yahoo.co.jp yahoo.co.in yahoo.fr ymail.com aol.com icloud.com me.com mac.com
  proton.me protonmail.com gmx.com gmx.de gmx.net web.de t-online.de mail.com zoho.com fastmail.com
  tutanota.com yandex.com yandex.ru mail.ru qq.com 163.com 126.com naver.com orange.fr`.split(/\s+/),
)

/** Whether everybody can have an address of a domain. */
export function isPublicMail(domain: string): boolean {
  return PUBLIC.has(domain.toLowerCase())
}
