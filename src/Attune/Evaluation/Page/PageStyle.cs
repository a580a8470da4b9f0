namespace Attune.Evaluation.Page;

/// <summary>How the page looks.</summary>
internal static class PageStyle
{
    public const string Css = """

        :root { --paper: #fdfcfa; --card: #fff; --ink: #1c1d21; --soft: #5b5f69; --rule: #dfdcd5; --first: #2456c4; --second: #b4530a; --better: #146c3a; --better-bg: #e4f3e9; --worse: #a3211b; --worse-bg: #fbe8e6; --unclear: #55585f; --unclear-bg: #eeece7; }
        @media (prefers-color-scheme: dark) {
          :root { --paper: #16171a; --card: #1e2024; --ink: #e8e6e1; --soft: #a3a6ad; --rule: #383a40; --first: #7fa6ff; --second: #f0a45d; --better: #7fd6a0; --better-bg: #17301f; --worse: #ff9a91; --worse-bg: #3a1c1a; --unclear: #b9bcc3; --unclear-bg: #2a2c31; }
        }
        * { box-sizing: border-box; }
        html { -webkit-text-size-adjust: 100%; }
        body { margin: 0; background: var(--paper); color: var(--ink); font: 16px/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif; }
        main, footer { max-width: 60rem; margin: 0 auto; padding: 1.25rem 1rem; overflow-wrap: anywhere; }
        h1 { font-size: 1.6rem; line-height: 1.2; margin: 0 0 1rem; }
        h2 { font-size: 1.2rem; margin: 2.25rem 0 .6rem; }
        h3 { font-size: 1rem; margin: 0 0 .5rem; }
        h4 { font-size: .8rem; margin: 0 0 .3rem; color: var(--soft); }
        p { margin: 0 0 .75rem; }
        small, .kicker, footer { color: var(--soft); font-size: .85rem; }
        .kicker { margin: 0 0 .15rem; }
        .verdict { font-size: 1.15rem; line-height: 1.45; padding: .9rem 1rem; border-left: 5px solid; border-radius: 4px; margin-bottom: 1.25rem; }
        .better { color: var(--better); background: var(--better-bg); border-color: var(--better); }
        .worse { color: var(--worse); background: var(--worse-bg); border-color: var(--worse); }
        .unclear { color: var(--unclear); background: var(--unclear-bg); border-color: var(--unclear); }
        .verdict { color: var(--ink); }
        .tag { display: inline-block; font-size: .75rem; line-height: 1.3; padding: .1rem .45rem; border-radius: 99px; }
        .scroll { overflow-x: auto; }
        table { border-collapse: collapse; width: 100%; }
        caption { text-align: left; color: var(--soft); font-size: .85rem; padding-bottom: .4rem; }
        th, td { text-align: left; vertical-align: top; padding: .5rem .6rem .5rem 0; border-top: 1px solid var(--rule); }
        thead th { font-size: .85rem; border-top: 0; vertical-align: bottom; }
        .scores td, .scores thead th:not(:first-child) { text-align: right; font-variant-numeric: tabular-nums; overflow-wrap: normal; }
        .scores td:last-child, .scores th:last-child { padding-right: 0; }
        .scores th { font-weight: 600; overflow-wrap: normal; }
        .scores small { font-weight: 400; }
        .interval { white-space: nowrap; }
        .scores .tag { white-space: nowrap; }
        .facts th { width: 11rem; font-weight: 500; color: var(--soft); }
        .facts caption { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
        .grid { display: grid; gap: 1.25rem; grid-template-columns: repeat(auto-fit, minmax(min(100%, 20rem), 1fr)); }
        figure { margin: 0; background: var(--card); border: 1px solid var(--rule); border-radius: 8px; padding: .75rem; }
        figcaption { margin-bottom: .35rem; }
        svg { display: block; width: 100%; height: auto; }
        .grid-line { stroke: var(--rule); stroke-width: 1; }
        .tick { fill: var(--soft); font-size: 13px; }
        .mark { stroke: var(--soft); stroke-width: 1; stroke-dasharray: 3 3; }
        .line { fill: none; stroke-width: 1.75; stroke-linejoin: round; }
        .l0 { stroke: var(--first); } .l1 { stroke: var(--second); stroke-width: 2.5; }
        .d0, .b0 { fill: var(--first); } .d1, .b1 { fill: var(--second); }
        .band { opacity: .18; }
        .key { font-size: .85rem; margin-left: .6rem; white-space: nowrap; }
        .key::before { content: ""; display: inline-block; width: 1.1em; height: 3px; vertical-align: middle; margin-right: .35em; background: currentColor; }
        .key.kept::before { height: 0; border-top: 2px dashed; background: none; }
        .k0 { color: var(--first); } .k1 { color: var(--second); }
        article { border: 1px solid var(--rule); background: var(--card); border-radius: 8px; padding: 1rem; margin-bottom: 1rem; }
        .text { white-space: pre-wrap; margin: 0; }
        .role { color: var(--soft); font-size: .8rem; margin: .5rem 0 .1rem; }
        .prompt { margin-bottom: 1rem; }
        .replies { display: grid; gap: .75rem; grid-template-columns: repeat(auto-fit, minmax(min(100%, 16rem), 1fr)); }
        .reply { border-top: 3px solid var(--rule); padding-top: .5rem; }
        .reply.after { border-color: var(--first); }
        pre { margin: 0 0 .75rem; padding: .6rem .8rem; background: var(--card); border: 1px solid var(--rule); border-radius: 6px; overflow-x: auto; font-size: .9rem; }
        .do { margin-bottom: .2rem; }
        ul { padding-left: 1.2rem; margin: 0; } li { margin-bottom: .4rem; }
        summary { cursor: pointer; }
        .grid + details { margin-top: .9rem; }
        summary b { color: var(--first); white-space: nowrap; }
        :focus-visible { outline: 2px solid var(--first); outline-offset: 2px; }
        @media (min-width: 45rem) { .tick { font-size: 11px; } }
        @media (max-width: 30rem) { .scores { font-size: .92rem; } .scores th, .scores td { padding-right: .35rem; } .scores .tag { margin-top: .15rem; } .facts th, .facts td { display: block; width: auto; padding-right: 0; } .facts td { border-top: 0; padding-top: 0; } .facts th { padding-bottom: 0; } }
        @media (max-width: 22.5rem) { .interval, .scores .tag { white-space: normal; } }
        @media print { article, figure { break-inside: avoid; } }

        """;
}
