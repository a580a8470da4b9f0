using Attune.Formats;
using FormatException = Attune.Formats.FormatException;

namespace Attune.Text.SentencePieces;

/// <summary>Reads SentencePiece's <c>.model</c> files: protobuf, by the field numbers of sentencepiece_model.proto.</summary>
internal static class SentencePieceReader
{
    /// <summary>Reads a file's bytes.</summary>
    /// <exception cref="FormatException">They are no such model, or one that contradicts itself.</exception>
    public static SentencePieceModel Read(ReadOnlySpan<byte> bytes, string file)
    {
        var pieces = new List<SentencePieceModel.Piece>();
        var model = new SentencePieceModel { File = file, Pieces = pieces, Normalizer = new SentencePieceModel.NormalizerSettings() };
        var reader = new ProtobufReader(bytes, file);
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 1:
                    pieces.Add(Piece(reader.Bytes("a piece", out long at), file, at));
                    break;
                case 2:
                    model = Trainer(reader.Bytes("trainer_spec", out at), file, at, model);
                    break;
                case 3:
                    model = model with { Normalizer = Normalizer(reader.Bytes("normalizer_spec", out at), file, at) };
                    break;
                case 5:
                    var denormalizer = Normalizer(reader.Bytes("denormalizer_spec", out at), file, at);
                    model = model with { Denormalizer = denormalizer.CharacterMap.Length == 0 ? null : denormalizer };
                    break;
                default:
                    reader.Skip();
                    break;
            }

            if (pieces.Count > Vocabulary.IdLimit)
            {
                throw reader.Error($"there are more than {Vocabulary.IdLimit} pieces");
            }
        }

        return Checked(model);
    }

    private static SentencePieceModel.Piece Piece(ReadOnlySpan<byte> message, string file, long start)
    {
        string text = "";
        float score = 0;
        ulong type = (ulong)PieceType.Normal;
        var reader = new ProtobufReader(message, file, start);
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 1:
                    text = reader.Text("a piece's spelling");
                    break;
                case 2:
                    score = reader.Float("a piece's score");
                    break;
                case 3:
                    type = reader.Integer("a piece's type");
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }

        return text.Length == 0 ? throw new FormatException(file, start, "a piece is empty")
            : !float.IsFinite(score) ? throw new FormatException(file, start, "a piece's score is not a number")
            : type is < (ulong)PieceType.Normal or > (ulong)PieceType.Byte ? throw new FormatException(file, start, $"a piece has the unknown type {type}")
            : new SentencePieceModel.Piece(text, score, (PieceType)type);
    }

    private static SentencePieceModel Trainer(ReadOnlySpan<byte> message, string file, long start, SentencePieceModel model)
    {
        var reader = new ProtobufReader(message, file, start);
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 3:
                    ulong kind = reader.Integer("model_type");
                    model = kind is >= (ulong)SegmentationKind.Unigram and <= (ulong)SegmentationKind.Character
                        ? model with { Kind = (SegmentationKind)kind } : throw reader.Error($"unknown model_type {kind}");
                    break;
                case 24:
                    model = model with { WhitespaceIsSuffix = reader.Integer("treat_whitespace_as_suffix") != 0 };
                    break;
                case 35:
                    model = model with { ByteFallback = reader.Integer("byte_fallback") != 0 };
                    break;
                case 44:
                    model = model with { UnknownSurface = reader.Text("unk_surface") };
                    break;
                case 46:
                    model = model with { BosPiece = reader.Text("bos_piece") };
                    break;
                case 47:
                    model = model with { EosPiece = reader.Text("eos_piece") };
                    break;
                case 48:
                    model = model with { PadPiece = reader.Text("pad_piece") };
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }

        return model;
    }

    private static SentencePieceModel.NormalizerSettings Normalizer(ReadOnlySpan<byte> message, string file, long start)
    {
        var settings = new SentencePieceModel.NormalizerSettings();
        var reader = new ProtobufReader(message, file, start);
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 2:
                    settings = settings with { CharacterMap = reader.Bytes("precompiled_charsmap", out _).ToArray() };
                    break;
                case 3:
                    settings = settings with { AddDummyPrefix = reader.Integer("add_dummy_prefix") != 0 };
                    break;
                case 4:
                    settings = settings with { RemoveExtraWhitespaces = reader.Integer("remove_extra_whitespaces") != 0 };
                    break;
                case 5:
                    settings = settings with { EscapeWhitespaces = reader.Integer("escape_whitespaces") != 0 };
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }

        return settings;
    }

    // The unknown piece is the one of that type, whatever trainer_spec says.
    private static SentencePieceModel Checked(SentencePieceModel model)
    {
        List<int> unknown = Enumerable.Range(0, model.Pieces.Count).Where(id => model.Pieces[id].Type == PieceType.Unknown).ToList();
        if (unknown.Count != 1)
        {
            throw new FormatException(model.File, -1, $"there are {unknown.Count} pieces for the unknown, not one", "is it a SentencePiece model?");
        }

        int byteCount = 0;
        foreach (SentencePieceModel.Piece piece in model.Pieces.Where(piece => piece.Type == PieceType.Byte))
        {
            byteCount++;
            if (!model.ByteFallback || BytePieces.Byte(piece.Text) < 0)
            {
                throw new FormatException(model.File, -1, $"\"{piece.Text}\" is no piece for a byte, or byte_fallback is off");
            }
        }

        return model.ByteFallback && byteCount != 256
            ? throw new FormatException(model.File, -1, $"byte_fallback needs 256 pieces for bytes (got {byteCount})") : model with { UnknownId = unknown[0] };
    }
}
