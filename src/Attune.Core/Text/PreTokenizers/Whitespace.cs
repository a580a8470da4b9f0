using System.Text.Json;
using Attune.Text.Patterns;

namespace Attune.Text.PreTokenizers;

/// <summary>Runs of word characters, and runs of other signs: <c>\w+|[^\w\s]+</c>.</summary>
internal sealed class Whitespace : IPreTokenizer
{
    private static readonly WordOrSignPattern Words = new();

    public void PreTokenize(PreTokenizedText text) => text.Split(Words, SplitBehavior.Removed, invert: true);

    public void Write(Utf8JsonWriter json) => json.WriteString("type", "Whitespace");

    private sealed class WordOrSignPattern : IPattern
    {
        public void Find(ReadOnlySpan<char> text, MatchList found)
        {
            int start = 0;
            int before = 0;
            for (int i = 0; i < text.Length;)
            {
                int codePoint = CodePoints.At(text, i, out int length);
                int kind = CodePoints.IsWord(codePoint) ? 1 : CodePoints.IsWhiteSpace(codePoint) ? 0 : 2;
                if (kind != before)
                {
                    Close(start, i, before);
                    start = i;
                    before = kind;
                }

                i += length;
            }

            Close(start, text.Length, before);
            found.Finish(text.Length);

            void Close(int from, int to, int kind)
            {
                if (kind != 0 && to > from)
                {
                    found.Add(from, to);
                }
            }
        }
    }
}
