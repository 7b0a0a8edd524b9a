import { useEffect, useState } from 'react'

const PAUSE_MS = 250

/** The text as typed, and the same text once the typing has paused. */
export function useSearchText(initial = ''): { text: string; settled: string; setText: (text: string) => void } {
  const [text, setText] = useState(initial)
  const [settled, setSettled] = useState(initial)
  useEffect(() => {
    const timer = setTimeout(() => setSettled(text.trim()), PAUSE_MS)
    return () => clearTimeout(timer)
  }, [text])
  return { text, settled, setText }
}
