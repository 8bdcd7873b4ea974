"""The names of ExifTool for EXIF tags by number, where exifread has none."""

from __future__ import annotations

_NAMES = """
1:InteropIndex 2:InteropVersion B:ProcessingSoftware 120:FreeOffsets 121:FreeByteCounts
158:XClipPathUnits 159:YClipPathUnits 15A:Indexed 15F:OPIProxy 191:ProfileType
192:FaxProfile 193:CodingMethods 194:VersionYear 195:ModeNumber 1B1:Decode
1B2:DefaultImageColor 1B3:T82Options 1B5:JPEGTables 203:JPEGRestartInterval
205:JPEGLosslessPredictors 206:JPEGPointTransforms 207:JPEGQTables 208:JPEGDCTables
209:JPEGACTables 22F:StripRowCounts 3E7:USPTOMiscellaneous 1000:RelatedImageFileFormat
1001:RelatedImageWidth 1002:RelatedImageHeight 4747:XP_DIP_XML 4749:RatingPercent
7000:SonyRawFileType 7010:SonyToneCurve 7031:VignettingCorrection
7032:VignettingCorrParams 7034:ChromaticAberrationCorrection
7035:ChromaticAberrationCorrParams 7036:DistortionCorrection 7037:DistortionCorrParams
74C7:SonyCropTopLeft 74C8:SonyCropSize 800D:ImageID 80A3:WangTag1 80A4:WangAnnotation
80A5:WangTag3 80A6:WangTag4 80B9:ImageReferencePoints 80BA:RegionXformTackPoint
80BB:WarpQuadrilateral 80BC:AffineTransformMat 80E3:Matteing 80E4:DataType
80E5:ImageDepth 80E6:TileDepth 8214:ImageFullWidth 8215:ImageFullHeight
8216:TextureFormat 8217:WrapModes 8218:FovCot 8219:MatrixWorldToScreen
821A:MatrixWorldToCamera 827D:Model2 82A5:MDFileTag 82A6:MDScalePixel 82A7:MDColorTable
82A8:MDLabName 82A9:MDSampleInfo 82AA:MDPrepDate 82AB:MDPrepTime 82AC:MDFileUnits
830E:PixelScale 8335:AdventScale 8336:AdventRevision 835C:UIC1Tag 835D:UIC2Tag
835E:UIC3Tag 835F:UIC4Tag 847E:IntergraphPacketData 847F:IntergraphFlagRegisters
8480:IntergraphMatrix 8481:INGRReserved 8482:ModelTiePoint 84E0:Site 84E1:ColorSequence
84E2:IT8Header 84E3:RasterPadding 84E4:BitsPerRunLength 84E5:BitsPerExtendedRunLength
84E6:ColorTable 84E7:ImageColorIndicator 84E8:BackgroundColorIndicator
84E9:ImageColorValue 84EA:BackgroundColorValue 84EB:PixelIntensityRange
84EC:TransparencyIndicator 84ED:ColorCharacterization 84EE:HCUsage 84EF:TrapIndicator
84F0:CMYKEquivalent 8546:SEMInfo 85B8:PixelMagicJBIGOptions 85D7:JPLCartoIFD
85D8:ModelTransform 8602:WB_GRGBLevels 877F:TIFF_FXExtensions 8780:MultiProfiles
8781:SharedData 8782:T88Options 87AC:ImageLayer 87AF:GeoTiffDirectory
87B0:GeoTiffDoubleParams 87B1:GeoTiffAsciiParams 87BE:JBIGOptions
8831:StandardOutputSensitivity 8834:ISOSpeedLatitudeyyy 8835:ISOSpeedLatitudezzz
885C:FaxRecvParams 885D:FaxSubAddress 885E:FaxRecvTime 8871:FedexEDR
9009:GooglePlusUploadCode 920E:FocalPlaneXResolution 920F:FocalPlaneYResolution
9210:FocalPlaneResolutionUnit 9217:SensingMethod 923A:CIP3DataFile 923B:CIP3Sheet
923C:CIP3Side 923F:StoNits 932F:MSDocumentText 9330:MSPropertySetStorage
9331:MSDocumentTextPosition 935C:ImageSourceData 9400:AmbientTemperature 9401:Humidity
9402:Pressure 9403:WaterDepth 9404:Acceleration 9405:CameraElevationAngle
A010:SamsungRawPointersOffset A011:SamsungRawPointersLength A101:SamsungRawByteOrder
A102:SamsungRawUnknown A20D:Noise A211:ImageNumber A212:SecurityClassification
A213:ImageHistory A216:TIFF-EPStandardID A460:CompositeImage A461:CompositeImageCount
A462:CompositeImageExposureTimes A480:GDALMetadata A481:GDALNoData AFC0:ExpandSoftware
AFC1:ExpandLens AFC2:ExpandFilm AFC3:ExpandFilterLens AFC4:ExpandScanner
AFC5:ExpandFlashLamp B4C3:HasselbladRawImage BC01:PixelFormat BC02:Transformation
BC03:Uncompressed BC04:ImageType BC80:ImageWidth BC81:ImageHeight BC82:WidthResolution
BC83:HeightResolution BCC0:ImageOffset BCC1:ImageByteCount BCC2:AlphaOffset
BCC3:AlphaByteCount BCC4:ImageDataDiscard BCC5:AlphaDataDiscard C427:OceScanjobDesc
C428:OceApplicationSelector C429:OceIDNumber C42A:OceImageLogic C44F:Annotations
C51B:HasselbladExif C573:OriginalFileName C580:USPTOOriginalContentType
C5E0:CR2CFAPattern C612:DNGVersion C613:DNGBackwardVersion C614:UniqueCameraModel
C615:LocalizedCameraModel C616:CFAPlaneColor C617:CFALayout C618:LinearizationTable
C619:BlackLevelRepeatDim C61B:BlackLevelDeltaH C61C:BlackLevelDeltaV C61D:WhiteLevel
C61E:DefaultScale C61F:DefaultCropOrigin C620:DefaultCropSize C621:ColorMatrix1
C622:ColorMatrix2 C623:CameraCalibration1 C624:CameraCalibration2 C625:ReductionMatrix1
C626:ReductionMatrix2 C627:AnalogBalance C628:AsShotNeutral C629:AsShotWhiteXY
C62A:BaselineExposure C62B:BaselineNoise C62C:BaselineSharpness C62D:BayerGreenSplit
C62E:LinearResponseLimit C62F:CameraSerialNumber C630:DNGLensInfo C631:ChromaBlurRadius
C632:AntiAliasStrength C633:ShadowScale C634:DNGAdobeData C635:MakerNoteSafety
C640:RawImageSegmentation C65A:CalibrationIlluminant1 C65B:CalibrationIlluminant2
C65C:BestQualityScale C65D:RawDataUniqueID C660:AliasLayerMetadata
C68B:OriginalRawFileName C68C:OriginalRawFileData C68D:ActiveArea C68E:MaskedAreas
C68F:AsShotICCProfile C690:AsShotPreProfileMatrix C691:CurrentICCProfile
C692:CurrentPreProfileMatrix C6BF:ColorimetricReference C6C5:SRawType
C6D2:PanasonicTitle C6D3:PanasonicTitle2 C6F3:CameraCalibrationSig
C6F4:ProfileCalibrationSig C6F6:AsShotProfileName C6F7:NoiseReductionApplied
C6F8:ProfileName C6F9:ProfileHueSatMapDims C6FA:ProfileHueSatMapData1
C6FB:ProfileHueSatMapData2 C6FC:ProfileToneCurve C6FD:ProfileEmbedPolicy
C6FE:ProfileCopyright C714:ForwardMatrix1 C715:ForwardMatrix2
C716:PreviewApplicationName C717:PreviewApplicationVersion C718:PreviewSettingsName
C719:PreviewSettingsDigest C71A:PreviewColorSpace C71B:PreviewDateTime
C71C:RawImageDigest C71D:OriginalRawFileDigest C71E:SubTileBlockSize
C71F:RowInterleaveFactor C725:ProfileLookTableDims C726:ProfileLookTableData
C740:OpcodeList1 C741:OpcodeList2 C74E:OpcodeList3 C761:NoiseProfile C763:TimeCodes
C764:FrameRate C772:TStop C789:ReelName C791:OriginalDefaultFinalSize
C792:OriginalBestQualitySize C793:OriginalDefaultCropSize C7A1:CameraLabel
C7A3:ProfileHueSatMapEncoding C7A4:ProfileLookTableEncoding C7A5:BaselineExposureOffset
C7A6:DefaultBlackRender C7A7:NewRawImageDigest C7A8:RawToPreviewGain C7AA:CacheVersion
C7B5:DefaultUserCrop C7E9:DepthFormat C7EA:DepthNear C7EB:DepthFar C7EC:DepthUnits
C7ED:DepthMeasureType C7EE:EnhanceParams CD2D:ProfileGainTableMap CD2E:SemanticName
CD30:SemanticInstanceID CD31:CalibrationIlluminant3 CD32:CameraCalibration3
CD33:ColorMatrix3 CD34:ForwardMatrix3 CD35:IlluminantData1 CD36:IlluminantData2
CD37:IlluminantData3 CD38:MaskSubArea CD39:ProfileHueSatMapData3 CD3A:ReductionMatrix3
CD3B:RGBTables FDEA:Lens FE4C:RawFile FE4D:Converter FE4E:WhiteBalance FE51:Exposure
FE52:Shadows FE53:Brightness FE54:Contrast FE55:Saturation FE56:Sharpness
FE57:Smoothness FE58:MoireFilter
"""

NAMES = {
    int(number, 16): name
    for number, _, name in (word.partition(":") for word in _NAMES.split())
}
"""Tag number to name; those without one are ``Exif_0xNNNN``, as with ``-u``."""
