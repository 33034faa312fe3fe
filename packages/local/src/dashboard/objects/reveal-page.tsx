import { Copyable, type ObjectFrame, ObjectPage } from './object-frame.js'

export interface Revealed {
  readonly label: string
  readonly value: string
  readonly link: boolean
}

/** What is shown once, on the page after it was created. */
export function RevealPage({
  revealed,
  next,
  ...frame
}: ObjectFrame & { revealed: readonly Revealed[]; next: string }) {
  return (
    <ObjectPage {...frame}>
      <div class="reveal" role="status">
        <p>
          <strong>Use it now.</strong> It is not shown again.
        </p>
        <dl class="facts">
          {revealed.map(({ label, value, link }) => (
            <>
              <dt>{link ? 'Link' : label}</dt>
              <dd>
                {link && (
                  <p>
                    <a class="button" href={value} target="_blank" rel="noreferrer">
                      {label}
                    </a>
                  </p>
                )}
                <Copyable value={value} name={label} />
              </dd>
            </>
          ))}
        </dl>
      </div>
      <p class="inline">
        <a class="button secondary" href={next}>
          Continue
        </a>
      </p>
    </ObjectPage>
  )
}
