using System.Text.Json;
using Attune.Text.Models;

namespace Attune.Text.SentencePieces;

/// <summary>
/// What a segmenter makes, as tokens: unknown neighbours are one token, or their bytes where the model has pieces for bytes.
/// </summary>
internal sealed class SentencePieceTokens : IModel, IModelSession
{
    private readonly SentencePieceModel model;
    private readonly PieceTable pieces;
    private readonly ISegmenter segmenter;

    public SentencePieceTokens(SentencePieceModel model)
    {
        this.model = model;
        pieces = new PieceTable(model);
        segmenter = model.Kind switch
        {
            SegmentationKind.Unigram => new UnigramSegmenter(model, pieces),
            SegmentationKind.Bpe => new BpeSegmenter(pieces),
            SegmentationKind.Word => new WordSegmenter(pieces),
            _ => new CharacterSegmenter(pieces),
        };
    }

    public Vocabulary Vocabulary => pieces.Vocabulary;

    public int? UnknownId => pieces.UnknownId;

    /// <summary>Never comes of text: <see cref="PieceTable.IdOf"/> sees to it.</summary>
    public IReadOnlySet<int> Special { get; set; } = new HashSet<int>();

    public IModelSession Begin() => this;

    public void Tokenize(ReadOnlySpan<char> piece, bool plain, List<ModelToken> tokens)
    {
        var segments = new List<Segment>();
        segmenter.Segment(piece, segments);
        bool afterUnknown = false;
        foreach (Segment segment in segments)
        {
            bool unknown = segment.Id == pieces.UnknownId;
            if (unknown && model.ByteFallback)
            {
                AddBytes(piece, segment, tokens);
            }
            else if (unknown && afterUnknown)
            {
                tokens[^1] = tokens[^1] with { End = segment.End };
            }
            else
            {
                tokens.Add(new ModelToken(segment.Id, segment.Start, segment.End, IsText: unknown));
            }

            afterUnknown = unknown;
        }
    }

    public void Write(Utf8JsonWriter json) => throw SentencePieceTokenizer.NotInJson();

    public void Dispose()
    {
    }

    // The last byte stands for the character, the others for nothing before it.
    private void AddBytes(ReadOnlySpan<char> piece, Segment segment, List<ModelToken> tokens)
    {
        byte[] bytes = System.Text.Encoding.UTF8.GetBytes(piece[segment.Start..segment.End].ToString());
        for (int i = 0; i < bytes.Length; i++)
        {
            int id = Vocabulary.IdOf(BytePieces.Piece(bytes[i]));
            tokens.Add(new ModelToken(id, segment.Start, i == bytes.Length - 1 ? segment.End : segment.Start));
        }
    }
}
