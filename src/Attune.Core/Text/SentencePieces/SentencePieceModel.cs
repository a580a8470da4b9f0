namespace Attune.Text.SentencePieces;

/// <summary>What a SentencePiece <c>.model</c> file holds, as far as it decides how text is cut and put together.</summary>
internal sealed record SentencePieceModel
{
    /// <summary>The file, for messages.</summary>
    public required string File { get; init; }

    /// <summary>The pieces by id.</summary>
    public required IReadOnlyList<Piece> Pieces { get; init; }

    public SegmentationKind Kind { get; init; } = SegmentationKind.Unigram;

    /// <summary>A character that no piece spells is spelled as <c>&lt;0xE4&gt;</c>, byte by byte.</summary>
    public bool ByteFallback { get; init; }

    /// <summary>The sign for a space ends a word, rather than beginning it.</summary>
    public bool WhitespaceIsSuffix { get; init; }

    /// <summary>The id of the one piece for the unknown.</summary>
    public int UnknownId { get; init; }

    /// <summary>The piece that begins a sequence, where the model has it.</summary>
    public string BosPiece { get; init; } = "<s>";

    /// <summary>The piece that ends a sequence, where the model has it.</summary>
    public string EosPiece { get; init; } = "</s>";

    /// <summary>The piece that fills up, where the model has it.</summary>
    public string PadPiece { get; init; } = "<pad>";

    /// <summary>What the unknown is written as.</summary>
    public string UnknownSurface { get; init; } = " ⁇ ";

    public required NormalizerSettings Normalizer { get; init; }

    /// <summary>How text is rewritten after decoding; null: not at all.</summary>
    public NormalizerSettings? Denormalizer { get; init; }

    /// <summary>A piece of the vocabulary.</summary>
    /// <param name="Text">How it is spelled, with ▁ for a space.</param>
    /// <param name="Score">Its log probability, or for merges minus its rank.</param>
    /// <param name="Type">What it is for.</param>
    public readonly record struct Piece(string Text, float Score, PieceType Type);

    /// <summary>How text is rewritten before it is cut.</summary>
    public sealed record NormalizerSettings
    {
        /// <summary>The compiled map of characters; empty for none.</summary>
        public byte[] CharacterMap { get; init; } = [];

        public bool AddDummyPrefix { get; init; } = true;

        public bool RemoveExtraWhitespaces { get; init; } = true;

        public bool EscapeWhitespaces { get; init; } = true;
    }
}

/// <summary>How a SentencePiece model cuts text; the numbers are the file's.</summary>
internal enum SegmentationKind
{
    Unigram = 1,
    Bpe = 2,
    Word = 3,
    Character = 4,
}

/// <summary>What a piece is for; the numbers are the file's.</summary>
internal enum PieceType
{
    Normal = 1,
    Unknown = 2,
    Control = 3,
    UserDefined = 4,
    Unused = 5,
    Byte = 6,
}
