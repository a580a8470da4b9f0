using System.Text.Json;
using Attune.Text.Patterns;

namespace Attune.Text.PreTokenizers;

/// <summary>What stands between white space, punctuation each by itself.</summary>
internal sealed class BertPreTokenizer : IPreTokenizer
{
    public void PreTokenize(PreTokenizedText text)
    {
        text.Split(WhitespaceSplit.Space, SplitBehavior.Removed);
        text.Split(Punctuation.Signs, SplitBehavior.Isolated);
    }

    public void Write(Utf8JsonWriter json) => json.WriteString("type", "BertPreTokenizer");
}
