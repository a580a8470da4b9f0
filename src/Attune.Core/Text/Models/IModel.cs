using System.Text.Json;

namespace Attune.Text.Models;

/// <summary>What cuts a piece of text into tokens of a vocabulary.</summary>
internal interface IModel
{
    Vocabulary Vocabulary { get; }

    /// <summary>The token that stands for what the vocabulary cannot spell, or null.</summary>
    int? UnknownId { get; }

    /// <summary>What marks a token that goes on within a word (WordPiece's ##); empty where the vocabulary has no such mark.</summary>
    string ContinuingSubwordPrefix => "";

    /// <summary>What must not come of a user's text: the ids of special tokens.</summary>
    IReadOnlySet<int> Special { get; set; }

    /// <summary>Begins to tokenize; what is returned serves one thread and is disposed of at the end.</summary>
    IModelSession Begin();

    /// <summary>Writes the model as tokenizer.json has it.</summary>
    void Write(Utf8JsonWriter json);
}

/// <summary>Tokenizes pieces, one after the other.</summary>
internal interface IModelSession : IDisposable
{
    /// <summary>Appends the tokens of <paramref name="piece"/>.</summary>
    /// <param name="piece">What the pre-tokenizers made.</param>
    /// <param name="plain">A user's text: a special token must not come of it.</param>
    /// <param name="tokens">Where the tokens go.</param>
    void Tokenize(ReadOnlySpan<char> piece, bool plain, List<ModelToken> tokens);
}

/// <summary>A token and the UTF-16 units of the piece that it covers.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Start">Its first unit.</param>
/// <param name="End">The one after its last.</param>
/// <param name="IsText">It is told as the text that it covers, not as the vocabulary spells it.</param>
internal readonly record struct ModelToken(int Id, int Start, int End, bool IsText = false);
