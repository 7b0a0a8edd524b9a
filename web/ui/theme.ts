/** The one palette: government blue as the only accent, calm greys, and three tones for states. Text colours reach 4.5 : 1 on paper and ground. */
import type { ThemeConfig } from 'antd'

export const palette = {
  accent: '#1d4ed8',
  'accent-strong': '#1e40af',
  'accent-soft': '#eff4ff',
  'accent-line': '#bfd0fb',
  ink: '#111827',
  'ink-soft': '#4b5563',
  'ink-faint': '#5f6774',
  line: '#e5e7eb',
  'line-strong': '#cbd1da',
  ground: '#f6f7f9',
  paper: '#ffffff',
  good: '#166534',
  'good-soft': '#f0fdf4',
  'good-line': '#bbf7d0',
  warn: '#92400e',
  'warn-soft': '#fffbeb',
  'warn-line': '#fde68a',
  bad: '#b91c1c',
  'bad-soft': '#fef2f2',
  'bad-line': '#fecaca',
} as const

export const theme: ThemeConfig = {
  token: {
    colorPrimary: palette.accent,
    colorPrimaryHover: palette['accent-strong'],
    colorLink: palette.accent,
    colorLinkHover: palette['accent-strong'],
    colorLinkActive: palette['accent-strong'],
    colorInfo: palette.accent,
    colorSuccess: palette.good,
    colorWarning: palette.warn,
    colorError: palette.bad,
    colorInfoBg: palette['accent-soft'],
    colorInfoBorder: palette['accent-line'],
    colorSuccessBg: palette['good-soft'],
    colorSuccessBorder: palette['good-line'],
    colorWarningBg: palette['warn-soft'],
    colorWarningBorder: palette['warn-line'],
    colorErrorBg: palette['bad-soft'],
    colorErrorBorder: palette['bad-line'],
    colorText: palette.ink,
    colorTextSecondary: palette['ink-soft'],
    colorTextDescription: palette['ink-faint'],
    colorTextPlaceholder: '#6b7280',
    colorBorder: palette['line-strong'],
    colorBorderSecondary: palette.line,
    colorBgLayout: palette.ground,
    fontFamily: 'var(--font)',
    fontFamilyCode: 'var(--mono)',
    fontSize: 14,
    borderRadius: 6,
    controlHeight: 32,
    motionDurationMid: '0.12s',
    motionDurationSlow: '0.16s',
    wireframe: false,
  },
  components: {
    Button: { primaryShadow: 'none', defaultShadow: 'none', dangerShadow: 'none' },
    Form: { itemMarginBottom: 18, verticalLabelPadding: '0 0 4px', labelColor: palette.ink },
    Tabs: { horizontalMargin: '0 0 16px 0' },
  },
}

/** Hands the palette to the style sheets as custom properties. */
export function applyPalette(root: HTMLElement): void {
  for (const [name, value] of Object.entries(palette)) root.style.setProperty(`--${name}`, value)
}
