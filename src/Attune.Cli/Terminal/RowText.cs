using Attune.Data;
using Spectre.Console;

namespace Attune.Cli.Terminal;

/// <summary>A row's tokens as text: trained ones green; without colours between angle quotes, so that a file shows them too.</summary>
internal static class RowText
{
    /// <summary>Writes the tokens and ends the line.</summary>
    public static void Write(Screen screen, RowView view)
    {
        bool open = false;
        foreach (var token in view.Tokens)
        {
            bool trained = token is { Trained: true, Cut: false };
            if (HasColours(screen))
            {
                string style = token.Cut ? "grey strikethrough" : trained ? (token.Special ? "black on green" : "green") : token.Special ? "blue" : "default";
                screen.Out.Markup($"[{style}]{Markup.Escape(token.Text)}[/]");
                continue;
            }

            if (trained != open)
            {
                screen.Write(open ? "»" : "«");
                open = trained;
            }

            screen.Write(token.Text);
        }

        screen.Line(open ? "»" : "");
    }

    /// <summary>How trained tokens are marked, for the line below.</summary>
    public static string Mark(Screen screen) => HasColours(screen) ? " (green)" : " («…»)";

    private static bool HasColours(Screen screen) => screen.Out.Profile.Capabilities.ColorSystem != ColorSystem.NoColors;
}
