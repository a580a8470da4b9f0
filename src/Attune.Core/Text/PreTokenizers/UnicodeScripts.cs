using System.Text.Json;
using Attune.Text.Patterns;
using Attune.Text.Unicode;

namespace Attune.Text.PreTokenizers;

/// <summary>Cuts where the script changes; Japanese syllables count as Han, and spaces belong to what is before them.</summary>
internal sealed class UnicodeScripts : IPreTokenizer, IPattern
{
    // Spaces at the start belong to nothing, and are dropped.
    public void PreTokenize(PreTokenizedText text) => text.Split(this, SplitBehavior.Removed, invert: true);

    public void Write(Utf8JsonWriter json) => json.WriteString("type", "UnicodeScripts");

    public void Find(ReadOnlySpan<char> text, MatchList found)
    {
        string? last = null;
        int start = -1;
        for (int i = 0; i < text.Length;)
        {
            int codePoint = CodePoints.At(text, i, out int length);
            string? script = ScriptOf(codePoint);
            if (script is not null && script != last)
            {
                if (start >= 0)
                {
                    found.Add(start, i);
                }

                start = i;
                last = script;
            }

            i += length;
        }

        if (start >= 0)
        {
            found.Add(start, text.Length);
        }

        found.Finish(text.Length);
    }

    private static string? ScriptOf(int codePoint) => codePoint switch
    {
        ' ' => null,
        0x0589 or 0x061C => "Common", // These four as they were in older versions of Unicode.
        0x0953 or 0x0954 => "Devanagari",
        0x30FC => "Han",
        _ when CodePointClass.Unscripted.Contains(codePoint) => null,
        _ => Scripts.Of(codePoint) switch { "Hiragana" or "Katakana" => "Han", string script => script, null => null },
    };
}
