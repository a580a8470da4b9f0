using System.Text.Json;

namespace Attune.Text.PostProcessors;

/// <summary>Puts added tokens around the tokens of one text or two.</summary>
internal interface IPostProcessor
{
    /// <summary>How many tokens it adds.</summary>
    int AddedCount(bool isPair);

    /// <summary>Processes one text or two; the results are put one after the other at the end.</summary>
    IReadOnlyList<EncodingBuilder> Process(IReadOnlyList<EncodingBuilder> texts, bool addSpecialTokens);

    /// <summary>Writes the part's members as tokenizer.json has them.</summary>
    void Write(Utf8JsonWriter json);
}
