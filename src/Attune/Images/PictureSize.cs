using System.Text.Json;
using Attune.Formats;

namespace Attune.Images;

/// <summary>A size as preprocessor_config.json gives it: height and width, or the length of the shortest edge.</summary>
/// <param name="Height">The height; null: the picture's shape decides.</param>
/// <param name="Width">The width; null: likewise.</param>
/// <param name="ShortestEdge">The shorter edge, the longer follows; null: height and width are given.</param>
internal readonly record struct PictureSize(int? Height, int? Width, int? ShortestEdge)
{
    private const int Most = 1 << 14;

    /// <summary>Reads a size.</summary>
    /// <param name="config">The processor's config.</param>
    /// <param name="key">The key: <c>size</c>, <c>crop_size</c>.</param>
    /// <param name="numberIsEdge">Whether a number alone is the shortest edge, as older files of some processors mean it, and not a square.</param>
    /// <exception cref="AttuneException">It is missing or no size.</exception>
    public static PictureSize Read(HuggingFaceConfig config, string key, bool numberIsEdge = false)
    {
        if (!config.Root.TryGetProperty(key, out var value) || value.ValueKind == JsonValueKind.Null)
        {
            throw config.Error(key, "is missing");
        }

        if (value.ValueKind == JsonValueKind.Number)
        {
            int number = config.GetInt(key, 1, Most);
            return numberIsEdge ? new(null, null, number) : new(number, number, null);
        }

        if (value.ValueKind != JsonValueKind.Object)
        {
            throw config.Error(key, "must be a number, or an object with height and width or with shortest_edge");
        }

        var size = config.GetObject(key);
        if (size.FindInt("shortest_edge", 1, Most) is int edge)
        {
            return size.Has("longest_edge") ? throw config.Error(key, "has a longest_edge, which cannot be used yet") : new(null, null, edge);
        }

        return new(size.GetInt("height", 1, Most), size.GetInt("width", 1, Most), null);
    }

    /// <summary>The size of a picture that is resized to this one.</summary>
    public (int Height, int Width) For(Picture picture)
    {
        if (ShortestEdge is not int edge)
        {
            return (Height!.Value, Width!.Value);
        }

        int longer = (int)((long)edge * Math.Max(picture.Height, picture.Width) / Math.Min(picture.Height, picture.Width));
        return picture.Height <= picture.Width ? (edge, longer) : (longer, edge);
    }

    /// <summary>Height and width, where both are given.</summary>
    public (int Height, int Width)? Both => Height is int height && Width is int width ? (height, width) : null;
}
